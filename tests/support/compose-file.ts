import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { projectRoot } from '../../platform/project-root.ts'

/** Of what the Compose Specification lets a service have, that which tests look at. */
export interface ComposeService {
  image: string
  build?: string
  restart?: string
  stop_grace_period?: string
  command?: string[]
  environment?: Record<string, string>
  ports?: string[]
  volumes?: string[]
  secrets?: string[]
  depends_on?: Record<string, { condition: string }>
  healthcheck?: { test: string[] }
  logging?: { options: Record<string, string> }
  deploy?: { resources: { limits: { cpus: string; memory: string } } }
  cap_drop?: string[]
  security_opt?: string[]
}

export interface ComposeFile {
  services: Record<string, ComposeService>
  volumes: Record<string, null>
  secrets: Record<string, { environment: string }>
}

export function readComposeFile(): ComposeFile {
  return parseYaml(
    readFileSync(join(projectRoot(import.meta.url), 'docker-compose.yml'), 'utf8'),
  ) as ComposeFile
}

/** As compose reads it: `<<` merges what an alias stands for. */
export function parseYaml(text: string): unknown {
  return parse(text, { merge: true }) as unknown
}

/** Those of Monogram itself, by name. */
export function monogramServices(file: ComposeFile = readComposeFile()): Map<string, ComposeService> {
  return new Map(Object.entries(file.services).filter(([, { build }]) => build !== undefined))
}
