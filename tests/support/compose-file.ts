import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { projectRoot } from '../../platform/project-root.ts'
import { parseYaml } from './read-yaml.ts'

const texts = z.array(z.string())
const condition = z.strictObject({ condition: z.enum(['service_started', 'service_healthy']) })

/** Of what a service may have by the Compose Specification, that which ours have: a key more is a mistake. */
const service = z.strictObject({
  image: z.string().regex(/^[\w./-]+(:[\w.-]+)?$/),
  build: z.literal('.').optional(),
  profiles: texts.optional(),
  restart: z.literal('unless-stopped'),
  stop_grace_period: z
    .string()
    .regex(/^\d+s$/)
    .optional(),
  command: texts.optional(),
  environment: z.record(z.string().regex(/^[A-Z][A-Z_]*$/), z.string()).optional(),
  ports: z.array(z.string().regex(/^(127\.0\.0\.1:)?\$\{\w+:-\d+\}:\d+$/)).optional(),
  volumes: z.array(z.string().regex(/^(\.\/[\w./-]+|[\w-]+):\/[\w./-]+(:ro)?$/)).optional(),
  secrets: texts.optional(),
  depends_on: z.record(z.string(), condition).optional(),
  healthcheck: z
    .strictObject({
      test: z.tuple([z.literal('CMD')], z.string()),
      interval: z.string(),
      timeout: z.string(),
      start_period: z.string().optional(),
      retries: z.string().regex(/^\d+$/),
    })
    .optional(),
  deploy: z.strictObject({
    resources: z.strictObject({
      limits: z.strictObject({ cpus: z.string().regex(/^[\d.]+$/), memory: z.string().regex(/^\d+M$/) }),
    }),
  }),
})

const composeFile = z.strictObject({
  name: z.string(),
  'x-monogram': z.unknown(),
  services: z.record(z.string().regex(/^[a-z]+$/), service),
  volumes: z.record(z.string(), z.literal('')),
  secrets: z.record(z.string(), z.strictObject({ environment: z.string() })),
})

export type ComposeFile = z.infer<typeof composeFile>
export type ComposeService = z.infer<typeof service>

export function readComposeFile(): ComposeFile {
  const path = join(projectRoot(import.meta.url), 'docker-compose.yml')
  return composeFile.parse(parseYaml(readFileSync(path, 'utf8')))
}

/** Those of Monogram itself, by name. */
export function monogramServices(file: ComposeFile = readComposeFile()): Map<string, ComposeService> {
  return new Map(Object.entries(file.services).filter(([, { build }]) => build !== undefined))
}
