import type { ApiKeys } from '../access/api-keys.ts'
import type { Accept } from '../ingest/accept.ts'
import type { UndoMerge } from '../core/identity/undo-merge.ts'
import type { Catalogue } from '../ingest/catalogue.ts'
import type { Replay } from '../ingest/replay.ts'
import type { Retain } from '../ingest/retain.ts'
import type { Clock } from '../platform/clock.ts'
import type { Config } from '../platform/config/config.ts'
import type { Log } from '../platform/log.ts'
import type { Storage } from '../storage/ports.ts'
import type { Output } from './command.ts'

/** What commands work with, whether they run inside the server or have opened the data folder themselves. */
export interface Services {
  dataDir: string
  storage: Storage
  apiKeys: ApiKeys
  /**
   * Before a key is made: CONFIG_INVALID when the processes that share the store have another secret, under which it
   * would be void. After one is made, `begin` makes this secret theirs.
   */
  requireSecret(begin: boolean): Promise<void>
  accept: Accept
  products: Catalogue
  undoMerge: UndoMerge
  replay: Replay
  retain: Retain
  clock: Clock
  /** Resolves when everything acknowledged before the call is folded and can be read. */
  settled(): Promise<void>
  /** The server that these belong to; null in a command that opened the data folder itself. */
  server: { url: string; startedAt: number } | null
}

/** Takes the data folder for this process, opens the store and the event path, without HTTP. DATA_DIR_LOCKED. */
export type OpenServices = (config: Config) => Promise<Services & AsyncDisposable>

/** Resolves when the server answers; disposing of it ends it. */
export type StartServer = (options: {
  config: Config
  demo: boolean
  terminal: Output
  log: Log
}) => Promise<AsyncDisposable & { url: string }>
