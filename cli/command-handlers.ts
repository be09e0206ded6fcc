import { join } from 'node:path'
import { z } from 'zod'
import type { ApiKeySummary, CreatedApiKey } from '../access/api-keys.ts'
import { MonogramError } from '../core/errors.ts'
import type { EventKey } from '../core/events/event.ts'
import { identityPair, type IdentityKey } from '../core/identity/identity-key.ts'
import type { IdentityRules } from '../core/identity/rules.ts'
import type { RulesTrial } from '../core/identity/try-rules.ts'
import type { UndoneMerge, UndoTarget } from '../core/identity/undo-merge.ts'
import type { JsonValue } from '../core/json.ts'
import { dryRunRules } from '../ingest/identity/dry-run.ts'
import { parseIdentityRules } from '../ingest/identity/parse-rules.ts'
import type { ImportProgress, ImportSummary } from '../ingest/import/import-counts.ts'
import { importFile } from '../ingest/import/import-file.ts'
import type { ReplayScope } from '../ingest/replay.ts'
import { logBegins } from '../ingest/retain.ts'
import { hashState } from '../ingest/state-hash.ts'
import { backupDataDir } from '../storage/embedded/backup.ts'
import type { BackupManifest } from '../storage/embedded/backup-manifest.ts'
import type { CommandContext } from './control/protocol.ts'
import { runReplay, type ReplayResult } from './replay.ts'
import { runRetain, type RetainArgs, type RetainResult } from './retain.ts'
import type { Services } from './services.ts'

export interface ImportArgs {
  /** Absolute, as all paths: the server has another working folder. */
  path: string
  mapping: JsonValue | null
  source: string | null
  rejectedPath: string | null
}

/** Two keys that are not the same person, or one that is to leave the profile. */
export interface IdentityUndoArgs {
  keys: string[]
  profileId: string | null
}

/** `folding`: all of it is accepted; profiles are being brought up to date. */
export type ImportMessage = ImportProgress | { phase: 'folding' }

export interface StatusReport {
  dataDir: string
  server: { url: string; pid: number; uptimeSeconds: number } | null
  events: { events: number; pending: number; parked: number; conflicts: number }
  /** The first that were parked, at most 5. */
  parkedEvents: ParkedReport[]
  /** From when on all events are there, epoch milliseconds; null when none was ever deleted. */
  logBegins: number | null
  profiles: number
  products: number
  apiKeys: number
}

/** An event that was set aside: why, by which version of the fold, and at which version of its trail. */
export interface ParkedReport {
  id: EventKey
  name: string
  identity: IdentityKey
  error: string | null
  foldVersion: number | null
  trailVersion: number
}

/** What each command takes and gives, wherever it is carried out. */
export interface Commands {
  'keys.create': { args: { name: string; scopes: string[]; newSecret: boolean }; result: CreatedApiKey }
  'keys.list': { args: null; result: ApiKeySummary[] }
  'keys.revoke': { args: { id: string }; result: ApiKeySummary }
  'identity.undo': { args: IdentityUndoArgs; result: UndoneMerge }
  'identity.dryRun': { args: { rules: IdentityRules }; result: RulesTrial }
  import: { args: ImportArgs; result: ImportSummary }
  replay: { args: ReplayScope; result: ReplayResult }
  retain: { args: RetainArgs; result: RetainResult }
  status: { args: null; result: StatusReport }
  stateHash: { args: null; result: { hash: string; profiles: number } }
  /** The target is absolute. */
  backup: { args: { target: string }; result: BackupManifest }
}
export type CommandName = keyof Commands
export type Handlers = {
  [N in CommandName]: (args: unknown, context: CommandContext) => Promise<Commands[N]['result']>
}

const PROGRESS_EVERY_MS = 250
const PARKED_SHOWN = 5
/** A server under load is never idle, and an import need not wait for what others send. */
const MAX_SETTLE_MS = 60_000

const schemas = {
  createKey: z.object({ name: z.string(), scopes: z.array(z.string()), newSecret: z.boolean() }),
  revokeKey: z.object({ id: z.string() }),
  backup: z.object({ target: z.string() }),
  undo: z.object({ keys: z.array(z.string()), profileId: z.string().nullable() }),
  dryRun: z.object({ rules: z.unknown() }),
  import: z.object({
    path: z.string(),
    mapping: z.json().nullable(),
    source: z.string().nullable(),
    rejectedPath: z.string().nullable(),
  }),
}

/** The same functions serve the control socket of a server and a command that has opened the folder itself. */
export function commandHandlers(services: Services): Handlers {
  const { apiKeys, storage, clock } = services
  return {
    async 'keys.create'(args) {
      const { newSecret, ...key } = schemas.createKey.parse(args)
      if (!newSecret) await services.requireSecret(false)
      const created = await apiKeys.create(key)
      // Last: it voids every other key, which a key that is refused must not.
      if (newSecret) await services.requireSecret(true)
      return created
    },
    'keys.list': () => apiKeys.list(),
    'keys.revoke': (args) => apiKeys.revoke(schemas.revokeKey.parse(args).id),
    'identity.undo': (args) => services.undoMerge(undoTarget(schemas.undo.parse(args)), 'command line'),
    'identity.dryRun': (args, { signal }) =>
      dryRunRules(storage.identities, parseIdentityRules(schemas.dryRun.parse(args).rules, 'rules'), signal),
    import: (args, context) => runImport(services, schemas.import.parse(args), context),
    replay: (args, context) =>
      runReplay(services, args, context, () => within(MAX_SETTLE_MS, services.settled())),
    retain: (args, context) => runRetain(services, args, context),
    async stateHash() {
      await within(MAX_SETTLE_MS, services.settled())
      return hashState(storage.profiles)
    },
    backup: (args) =>
      backupDataDir({ dataDir: services.dataDir, target: schemas.backup.parse(args).target, clock }),
    async status() {
      const [events, parked, { profiles }, { products }, keys] = await Promise.all([
        storage.events.stats(),
        storage.events.listParked(null, PARKED_SHOWN),
        storage.profiles.stats(),
        storage.products.stats(),
        apiKeys.list(),
      ])
      const { server } = services
      return {
        dataDir: services.dataDir,
        server: server && {
          url: server.url,
          pid: process.pid,
          uptimeSeconds: Math.round((clock() - server.startedAt) / 1_000),
        },
        events,
        parkedEvents: parked.events.map(({ event, error, foldVersion, trailVersion }) => {
          const { key: id, name, identity } = event
          return { id, name, identity, error, foldVersion, trailVersion }
        }),
        logBegins: await logBegins(storage),
        profiles,
        products,
        apiKeys: keys.filter(({ revokedAt }) => revokedAt === null).length,
      }
    },
  }
}

function undoTarget({ keys: [a = '', b = a], profileId }: IdentityUndoArgs): UndoTarget {
  if (profileId !== null) return { kind: 'key', profileId, key: a }
  const pair = identityPair(a, b)
  if (pair) return { kind: 'pair', pair }
  throw new MonogramError('USAGE', 'expected two different identifiers')
}

async function runImport(
  services: Services,
  args: ImportArgs,
  context: CommandContext,
): Promise<ImportSummary> {
  const { accept, products, storage, clock, dataDir } = services
  let shownAt = -Infinity
  const summary = await importFile({
    path: args.path,
    mapping: args.mapping,
    ...(args.source === null ? {} : { source: args.source }),
    rejectedPath: args.rejectedPath,
    accept,
    products,
    progressStore: storage.progress,
    workDir: join(dataDir, 'imports'),
    clock,
    signal: context.signal,
    onProgress(progress) {
      if (clock() - shownAt < PROGRESS_EVERY_MS) return
      shownAt = clock()
      context.onProgress(progress satisfies ImportMessage)
    },
  })
  context.onProgress({ phase: 'folding' } satisfies ImportMessage)
  await within(MAX_SETTLE_MS, services.settled())
  return summary
}

/** Resolves when the promise does, or the time is over. */
async function within(timeoutMs: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)))
  await Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
