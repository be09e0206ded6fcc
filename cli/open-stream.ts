import { callerKeysOf, loadSecrets, type DeploymentSecrets } from '../access/secret.ts'
import { createCallerTokens } from '../access/caller-token.ts'
import { systemClock } from '../platform/clock.ts'
import type { Config } from '../platform/config/config.ts'
import type { Log } from '../platform/log.ts'
import { openStream } from '../stream/open-stream.ts'
import type { Stream } from '../stream/ports.ts'
import { ownTokenOf } from './reach-subgraphs.ts'

/** What processes share beside the store, as the configuration says. */
export function openStreamOf({ redisUrl, feedPartitions }: Config, log: Log): Promise<Stream> {
  return openStream({ url: redisUrl, partitions: feedPartitions, clock: systemClock, log })
}

export function openSecrets({ secret, dataDir, internalSecrets }: Config): Promise<DeploymentSecrets> {
  return loadSecrets({ configured: secret, dataDir, internal: internalSecrets })
}

/** Signs calls of other processes as the configuration says; null when it has no secret, which would else be made. */
export function signerOf({ secret, internalSecrets }: Config): (() => string) | null {
  const secrets = internalSecrets ?? (secret === null ? null : [secret])
  return secrets && ownTokenOf(createCallerTokens({ keys: callerKeysOf(secrets), clock: systemClock }))
}
