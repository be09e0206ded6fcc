import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../platform/project-root.ts'
import { luaString } from './measure/wrk.ts'
import { documentsFolder, type Work } from './work.ts'

/** A program that answers the bench's queries from the subgraphs. */
export interface Contender {
  name: string
  command(place: Place): [string, ...string[]]
  env?(place: Place): Record<string, string>
  /** What has to be there for it to start; its absence leaves it out. */
  needs?: { path: string; otherwise: string }
}

/** What a contender is told. */
export interface Place {
  port: number
  supergraphFile: string
  /** The subgraphs' addresses by name. */
  addresses: Readonly<Record<string, string>>
  cpuProfileFolder: string | undefined
}

/** One door of a contender: what is measured. */
export interface Target {
  name: string
  contender: Contender
  path(work: Work): string
  /** The body as a Lua expression around the Lua expression of its variables. */
  luaBody(work: Work, luaVariables: string): string
  body(work: Work, variables: Record<string, unknown>): unknown
}

const root = projectRoot(import.meta.url)
const peers = join(root, 'bench', 'peers')

const floor: Contender = {
  name: 'floor',
  command: ({ port, addresses }) => {
    return ['node', compiled('floor.js'), String(port), JSON.stringify(addresses)]
  },
}

export const monogram: Contender = {
  name: 'monogram',
  command: ({ port, supergraphFile, cpuProfileFolder }) => {
    const profiling =
      cpuProfileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProfileFolder}`]
    const args = [
      '--supergraph',
      supergraphFile,
      '--port',
      String(port),
      '--documents',
      documentsFolder,
      '--open',
    ]
    return ['node', ...profiling, join(root, 'bin', 'monogram.js'), 'gateway', ...args]
  },
}

const apollo = peer('apollo', (place) => ['node', 'apollo.mjs', String(place.port), place.supergraphFile])
const mercurius = peer('mercurius', ({ port, addresses }) => {
  return ['node', 'mercurius.mjs', String(port), JSON.stringify(addresses)]
})
const hive: Contender = {
  ...peer('hive', ({ port, supergraphFile }) => {
    const listen = ['--port', String(port), '--host', '127.0.0.1', '--fork', '1']
    const bin = 'node_modules/@graphql-hive/gateway/dist/bin.js'
    return ['node', bin, 'supergraph', supergraphFile, ...listen, '--config-path', 'hive.config.mjs']
  }),
  env: () => ({ LOG_LEVEL: 'error' }),
}

export const TARGETS: readonly Target[] = [
  overHttp('floor', floor),
  {
    ...overHttp('monogram /render', monogram),
    path: ({ documentId }) => `/render/${documentId}`,
    luaBody: (_, variables) => join3('{"deadlineMs":10000,"variables":', variables, '}'),
    body: (_, variables) => ({ deadlineMs: 10_000, variables }),
  },
  overHttp('monogram /graphql', monogram),
  overHttp('mercurius', mercurius),
  overHttp('hive', hive),
  overHttp('apollo', apollo),
]

export function peersFolder(): string {
  return peers
}

/** Why a contender cannot start here; null when it can. */
export function absence({ needs }: Contender): string | null {
  return needs && !existsSync(needs.path) ? needs.otherwise : null
}

/** GraphQL over HTTP at `/graphql`. */
function overHttp(name: string, contender: Contender): Target {
  return {
    name,
    contender,
    path: () => '/graphql',
    luaBody: ({ document }, variables) =>
      join3(`{"query":${JSON.stringify(document)},"variables":`, variables, '}'),
    body: ({ document }, variables) => ({ query: document, variables }),
  }
}

function peer(name: string, command: Contender['command']): Contender {
  return {
    name,
    command,
    needs: {
      path: join(peers, 'node_modules'),
      otherwise: 'not installed: run with --install-peers, or npm ci in bench/peers',
    },
  }
}

function join3(before: string, luaExpression: string, after: string): string {
  return `${luaString(before)} .. ${luaExpression} .. ${luaString(after)}`
}

function compiled(file: string): string {
  return join(root, 'dist', 'bench', 'gateway', 'servers', file)
}
