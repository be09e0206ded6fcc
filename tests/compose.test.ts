import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkDistributed, roleSetOf } from '../cli/role-set.ts'
import { parseConfig } from '../platform/config/parse-config.ts'
import { projectRoot } from '../platform/project-root.ts'
import { ROLES } from '../platform/roles.ts'
import { monogramServices, readComposeFile } from './support/compose-file.ts'
import { exampleOf } from './support/readme-examples.ts'
import { parseYaml } from './support/read-yaml.ts'

const root = projectRoot(import.meta.url)
const file = readComposeFile()
const services = Object.entries(file.services)

test('every role is a service', () => {
  const roles = Array.from(monogramServices(file).values(), ({ command }) => command?.slice(1))
  expect(new Set(roles.flat())).toEqual(new Set(['--role', ...ROLES]))
  expect(roles).toHaveLength(ROLES.length)
})

test.each(services)('%s has a pinned image, a health check, and what it refers to is there', (_, service) => {
  const { image, build, healthcheck, volumes = [], depends_on: needs = {}, secrets = [] } = service
  expect(image).toMatch(build ? /^monogram$/ : /:v?\d+\.\d+/)
  // Ours have that of their image.
  expect(healthcheck !== undefined || build !== undefined).toBe(true)
  for (const volume of volumes) {
    const [source = ''] = volume.split(':')
    if (source.startsWith('./')) expect(existsSync(join(root, source)), source).toBe(true)
    else expect(Object.keys(file.volumes)).toContain(source)
  }
  expect(Object.keys(file.services)).toEqual(expect.arrayContaining(Object.keys(needs)))
  expect(Object.keys(file.secrets)).toEqual(expect.arrayContaining(secrets))
})

test('there is no secret in it: what must be one is asked for, and stores are reached inside alone', () => {
  for (const [name, { environment = {}, ports = [] }] of services) {
    for (const [key, value] of Object.entries(environment)) {
      if (/SECRET|PASSWORD|KEY/.test(key)) expect(value, `${name} ${key}`).toMatch(/^\$\{\w+:\?[^}]+\}$/)
      expect(value).not.toMatch(/:\/\/[^/]*@/)
    }
    if (['mongodb', 'redis', 'prometheus'].includes(name)) expect(ports).toEqual([])
  }
})

test('Redis keeps the feed: only what has a time to live is evicted, and it is on disk', () => {
  expect(file.services['redis']?.command?.join(' ')).toMatch(/--appendonly yes .*volatile-lru/)
})

test('Prometheus finds every service of ours, and Grafana finds Prometheus and the dashboard', () => {
  const prometheus = JSON.stringify(parseYaml(read('deploy/prometheus/prometheus.yml')))
  for (const name of monogramServices(file).keys()) expect(prometheus).toContain(`"${name}"`)
  expect(prometheus).toContain('/run/secrets/metrics-key')
  const datasource = JSON.stringify(parseYaml(read('deploy/grafana/provisioning/datasources/prometheus.yml')))
  expect(datasource).toContain('http://prometheus:9090')
  const provider = JSON.stringify(parseYaml(read('deploy/grafana/provisioning/dashboards/monogram.yml')))
  expect(file.services['grafana']?.volumes).toContain(
    './deploy/grafana/dashboards:/var/lib/grafana/dashboards:ro',
  )
  expect(provider).toContain('/var/lib/grafana/dashboards')
  const { uid } = JSON.parse(read('deploy/grafana/dashboards/monogram.json')) as { uid: string }
  expect(uid).toBe('monogram')
})

test('the image runs as nobody in particular, without what only development needs', () => {
  const image = read('Dockerfile')
  const last = image.slice(image.lastIndexOf('\nFROM '))
  expect(image.match(/^FROM (\S+)/gm)).toEqual(Array(3).fill('FROM node:22.23.3-bookworm-slim'))
  expect(image).toContain('npm ci --omit=dev --ignore-scripts')
  expect(last).toMatch(
    /\nUSER node\n[^]*\nHEALTHCHECK [^]*\nENTRYPOINT \["tini", "--", "node", "bin\/monogram.js"\]/,
  )
  for (const [, source = ''] of last.matchAll(/^COPY (?!--from)(.+) \S+$/gm)) {
    for (const name of source.split(' ')) expect(existsSync(join(root, name)), name).toBe(true)
  }
})

test('the settings and commands of docs/deployment.md for machines without Docker are understood', () => {
  const lines = exampleOf('docs/deployment.md', 'processes', 'sh').split('\n')
  const settings = lines.flatMap((line) => {
    const [, name = '', value = ''] = /^export (\w+)='?([^']+)'?$/.exec(line) ?? []
    return name === '' ? [] : [[name, value]]
  })
  const starts = lines.flatMap((line) => /^npx monogram start --role (\S+)$/.exec(line)?.[1] ?? [])
  expect([settings.length, starts.length]).toEqual([3, 3])
  for (const roles of starts) {
    const env = { ...Object.fromEntries(settings), MONOGRAM_ROLES: roles, MONOGRAM_SECRET: 'x'.repeat(16) }
    const { config } = parseConfig(env)
    expect(() => checkDistributed(config, roleSetOf(config.roles))).not.toThrow()
  }
})

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}
