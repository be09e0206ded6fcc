import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkDistributed, roleSetOf } from '../cli/role-set.ts'
import { parseConfig } from '../platform/config/parse-config.ts'
import { projectRoot } from '../platform/project-root.ts'
import { ROLES } from '../platform/roles.ts'
import { monogramServices, parseYaml, readComposeFile } from './support/compose-file.ts'
import { composeMistakes } from './support/compose-schema.ts'
import { exampleOf } from './support/readme-examples.ts'

const root = projectRoot(import.meta.url)
const file = readComposeFile()
const services = Object.entries(file.services)

test('the file is one by the schema of the Compose Specification, which finds what is not', () => {
  expect(composeMistakes(file)).toEqual([])
  const wrong = structuredClone(file) as unknown as { services: Record<string, Record<string, unknown>> }
  Object.assign(wrong.services['redis'] ?? {}, {
    helthcheck: {},
    depends_on: { mongodb: { condition: 'up' } },
  })
  const found = composeMistakes(wrong)
  expect(found).toContainEqual(expect.stringMatching(/^\/services\/redis: .*helthcheck/))
  expect(found).toContainEqual(expect.stringMatching(/^\/services\/redis\/depends_on\/mongodb\/condition: /))
})

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
    for (const port of ports) expect(port, name).toMatch(/^(127\.0\.0\.1|\$\{MONOGRAM_BIND:-127\.0\.0\.1\}):/)
  }
})

test('every service has bounds on what it takes and logs, is started again, and has the time that it needs to end', () => {
  for (const [name, { deploy, logging, restart, stop_grace_period: grace }] of services) {
    expect(deploy?.resources.limits, name).toEqual({
      cpus: expect.stringMatching(/^\d$/),
      memory: expect.stringMatching(/^\d+M$/),
    })
    expect(logging?.options, name).toEqual({ 'max-size': '10m', 'max-file': '5' })
    expect(restart, name).toBe('unless-stopped')
    if (monogramServices(file).has(name)) expect(Number(grace?.replace(/s$/, '')), name).toBeGreaterThan(10)
  }
  for (const [name, service] of monogramServices(file)) {
    expect(service.cap_drop, name).toEqual(['ALL'])
    expect(service.security_opt, name).toEqual(['no-new-privileges:true'])
    expect(service.depends_on, name).toEqual({
      mongodb: { condition: 'service_healthy' },
      redis: { condition: 'service_healthy' },
    })
  }
})

test('what the compose file asks for in the environment is no mistake for commands that are run beside it', () => {
  const asked = read('docker-compose.yml').matchAll(/\$\{(MONOGRAM_\w+)/g)
  const env = Object.fromEntries(Array.from(asked, ([, name = '']) => [name, '4000'.repeat(4)]))
  const metricsKey = Object.values(file.secrets).map(({ environment }) => [environment, 'mg_live_…'])
  expect(Object.keys(env).length).toBeGreaterThan(2)
  expect(() => parseConfig({ ...env, ...Object.fromEntries(metricsKey) })).not.toThrow()
})

test('Redis keeps the feed: only what has a time to live is evicted, and it is on disk', () => {
  expect(file.services['redis']?.command?.join(' ')).toMatch(/--appendonly yes .*volatile-lru/)
})

test('Prometheus finds every service of ours, and Grafana finds Prometheus and the dashboard', () => {
  const prometheus = JSON.stringify(parseYaml(read('deploy/prometheus/prometheus.yml')))
  for (const name of monogramServices(file).keys()) expect(prometheus).toContain(`"${name}"`)
  expect(prometheus).toContain('/run/secrets/metrics-key')
  expect(file.services['prometheus']?.volumes).toContain('./deploy/prometheus:/etc/prometheus:ro')
  expect(prometheus).toContain('"rule_files":["alerts.yml"]')
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
