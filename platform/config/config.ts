import type { LookupTables } from '../../core/normalise/rules.ts'
import type { KafkaAddress } from '../kafka/parse-kafka-url.ts'
import type { Role, SubgraphName } from '../roles.ts'

/** Everything that can be configured, parsed. Nothing else in the program reads the environment. */
export interface Config {
  /** 0: any free port. */
  port: number
  host: string
  /** Absolute. */
  dataDir: string
  /** ISO 4217: of amounts that come without one, and what `metrics` shows by default. */
  currency: string
  /** ISO 3166-1 alpha-2: of phone numbers that come without their country's code; null: such numbers stay as they are. */
  country: string | null
  /** An event that happened more days before its arrival is marked late. */
  lateAfterDays: number
  /** Events that happened more days ago are deleted; null: events are kept for ever. */
  retainDays: number | null
  /** What a source writes, and its normal form. */
  lookups: LookupTables
  logLevel: LogLevel
  /** Signs cookies and guards the stored hashes of keys; null: one is created in the data folder. */
  secret: string | null
  /** A JSON file with the rules of identity; null: the defaults. */
  identityRules: string | null
  /** What a gateway may keep of entities, in bytes; 0: nothing. */
  cacheMaxBytes: number
  /** One answer of the cache in so many is compared with the store; 0: none. */
  cacheSampleOneIn: number
  /** Null: the embedded store in the data folder. */
  storageUrl: string | null
  /** `redis:`, `rediss:`, or these with `+sentinel` or `+cluster`; null: feed, cache and limits of this process alone. */
  redisUrl: string | null
  /** Into how many parts the change feed is divided: the same in every process. */
  feedPartitions: number
  /** Null: no Kafka. */
  kafkaUrl: KafkaAddress | null
  /** Topics whose records are events. */
  kafkaTopics: string[]
  /** The consumer group that reads them; all processes of a deployment are in one. */
  kafkaGroup: string
  /** Where records go that are no events. */
  kafkaParkedTopic: string
  /** The topic that is told what changes of profiles; null: none is. */
  kafkaChangesTopic: string | null
  /** What this process does; null: everything. */
  roles: readonly Role[] | null
  /** Where the gateway finds each subgraph: `http:` addresses without a path. */
  subgraphUrls: SubgraphUrls
  /** Under which gateway and subgraphs know each other: the first signs, each is accepted; null: derived from the secret. */
  internalSecrets: readonly string[] | null
  /**
   * How long a process goes on serving after it has said that it is not ready, so that nobody is sent to it any more;
   * null: not at all when it has all roles, else two seconds.
   */
  drainMs: number | null
}

export type SubgraphUrls = Readonly<Partial<Record<SubgraphName, readonly string[]>>>

export type ConfigKey = keyof Config
export type ConfigSource = 'default' | 'environment' | 'file'

export interface LoadedConfig {
  config: Config
  /** Whence each value came. */
  sources: Record<ConfigKey, ConfigSource>
  /** The file named by MONOGRAM_CONFIG. */
  file: string | null
}

/** The parsed content of the file that MONOGRAM_CONFIG names: the same keys in camel case. */
export interface ConfigFile {
  path: string
  content: unknown
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
type LogLevel = (typeof LOG_LEVELS)[number]
