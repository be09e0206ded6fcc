import { resolve } from 'node:path'
import { readStaticKeys } from '../../access/static-keys.ts'
import type { Authenticate } from '../../core/access/authenticate.ts'
import type { Principal } from '../../core/access/principal.ts'
import { MonogramError } from '../../core/errors.ts'
import type { QueryLimits } from '../../gateway/query-limits.ts'
import { createLifecycle } from '../../platform/lifecycle.ts'
import { didYouMean } from '../../platform/nearest.ts'
import type { Command, CommandInput } from '../command.ts'

export const gatewayCommand: Command = {
  name: 'gateway',
  summary: 'Serve a supergraph in front of subgraphs over HTTP, without a store',
  positionals: [],
  options: {
    supergraph: { type: 'string', value: 'FILE', help: 'the composed supergraph' },
    port: { type: 'string', value: 'N', help: 'where to listen, instead of MONOGRAM_PORT' },
    host: { type: 'string', value: 'HOST', help: 'the address to listen on, instead of MONOGRAM_HOST' },
    subgraph: {
      type: 'string',
      value: 'NAME=URL',
      multiple: true,
      help: 'where a subgraph is, instead of where the supergraph says',
    },
    documents: { type: 'string', value: 'PATH', help: 'trusted documents: a folder, or a manifest' },
    deadline: { type: 'string', value: 'MS', help: 'of a render that names none, in milliseconds' },
    limit: { type: 'string', value: 'NAME=N', multiple: true, help: 'of a query, such as maxDepth=20' },
    'max-response-bytes': {
      type: 'string',
      value: 'N',
      help: 'of one answer of a subgraph; 1 MB by default, which takes 20 ms to read',
    },
    'no-batching': { type: 'boolean', help: 'let no two requests share a call of a subgraph' },
    'cache-bytes': {
      type: 'string',
      value: 'N',
      help: 'what is kept of entities for which the supergraph says how long; nothing by default',
    },
    redis: {
      type: 'string',
      value: 'URL',
      help: 'a Redis through which several gateways share what they keep',
    },
    keys: { type: 'string', value: 'FILE', help: 'who may call: a JSON list of names, hashes and scopes' },
    open: { type: 'boolean', help: 'let everybody call, without a key: on private networks only' },
  },
  async run(input, context, { config }) {
    const supergraph = input.text('supergraph')
    if (supergraph === null) throw new MonogramError('USAGE', 'gateway: --supergraph FILE is needed')
    const documents = input.text('documents')
    const path = (file: string): string => resolve(context.cwd, file)
    const log = context.createLog(config.logLevel)
    const { DEFAULT_MAX_RESPONSE_BYTES, serveGateway } = await import('../serve-gateway.ts')
    const served = await serveGateway({
      supergraphFile: path(supergraph),
      documents: documents === null ? null : path(documents),
      subgraphUrls: pairs(input, 'subgraph', 'NAME=URL'),
      limits: await limitsOf(input),
      maxResponseBytes: numberOf(input, 'max-response-bytes', 1_000, 2 ** 28) ?? DEFAULT_MAX_RESPONSE_BYTES,
      isBatching: !input.flag('no-batching'),
      deadlineMs: numberOf(input, 'deadline', 1, 600_000),
      host: input.text('host') ?? config.host,
      port: numberOf(input, 'port', 0, 65_535) ?? config.port,
      authenticate: await authenticateBy(input, path),
      cacheBytes: cacheBytesOf(input),
      redisUrl: input.text('redis'),
      log,
    })
    const lifecycle = createLifecycle({ log, signals: context.signals })
    lifecycle.add('gateway', served)
    const reload = (): void => void served.reload()
    context.signals.on('SIGHUP', reload)
    context.out(`Monogram's gateway is ready at ${served.url}`)
    context.out(`  subgraphs: ${served.subgraphs.join(', ')}`)
    context.out(`  documents: ${served.documents.join(', ') || 'none'}`)
    await lifecycle.stopRequested
    context.signals.off('SIGHUP', reload)
    await lifecycle.close()
    return 0
  },
}

/** Whoever reaches an open gateway may ask everything but what needs to know who asks. */
const ANYBODY: Principal = {
  kind: 'anonymous',
  id: 'anonymous',
  name: 'anybody',
  scopes: ['read', 'admin'],
}

/** The same object each time: what is worked out for a principal is kept by it. */
const everybody: Authenticate = async () => ANYBODY

async function authenticateBy(input: CommandInput, path: (file: string) => string): Promise<Authenticate> {
  const keys = input.text('keys')
  if (input.flag('open') === (keys !== null)) {
    throw new MonogramError(
      'USAGE',
      'gateway: say who may call, either by --keys FILE or, on a private network, everybody by --open',
    )
  }
  return keys === null ? everybody : readStaticKeys(path(keys))
}

function cacheBytesOf(input: CommandInput): number | null {
  const bytes = numberOf(input, 'cache-bytes', 1_000_000, 2 ** 40)
  if (bytes === null && input.text('redis') !== null) {
    throw new MonogramError(
      'USAGE',
      'gateway: --redis is for what is kept: say by --cache-bytes N how much each gateway keeps itself',
    )
  }
  return bytes
}

async function limitsOf(input: CommandInput): Promise<Partial<QueryLimits>> {
  const { DEFAULT_QUERY_LIMITS } = await import('../../gateway/query-limits.ts')
  const known = Object.keys(DEFAULT_QUERY_LIMITS)
  const limits: Record<string, number> = {}
  for (const [name, value] of pairs(input, 'limit', 'NAME=N')) {
    if (!known.includes(name)) {
      throw new MonogramError('USAGE', `gateway: --limit ${name}: not a limit${didYouMean(name, known)}`)
    }
    limits[name] = integer(value, `--limit ${name}`, 1, Number.MAX_SAFE_INTEGER)
  }
  return limits
}

function pairs(input: CommandInput, option: string, form: string): ReadonlyMap<string, string> {
  return new Map(
    input.texts(option).map((text) => {
      const equals = text.indexOf('=')
      if (equals > 0 && equals < text.length - 1) return [text.slice(0, equals), text.slice(equals + 1)]
      throw new MonogramError('USAGE', `gateway: --${option}: expected ${form}, got "${text}"`)
    }),
  )
}

function numberOf(input: CommandInput, option: string, min: number, max: number): number | null {
  const text = input.text(option)
  return text === null ? null : integer(text, `--${option}`, min, max)
}

function integer(text: string, name: string, min: number, max: number): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value
  throw new MonogramError('USAGE', `gateway: ${name}: expected a number from ${min} to ${max}, got "${text}"`)
}
