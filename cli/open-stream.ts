import { loadSecrets, type DeploymentSecrets } from '../access/secret.ts'
import { systemClock } from '../platform/clock.ts'
import type { Config } from '../platform/config/config.ts'
import type { Log } from '../platform/log.ts'
import { openStream } from '../stream/open-stream.ts'
import type { Stream } from '../stream/ports.ts'

/** What processes share beside the store, as the configuration says. */
export function openStreamOf({ redisUrl, feedPartitions }: Config, log: Log): Promise<Stream> {
  return openStream({ url: redisUrl, partitions: feedPartitions, clock: systemClock, log })
}

export function openSecrets({ secret, dataDir, internalSecrets }: Config): Promise<DeploymentSecrets> {
  return loadSecrets({ configured: secret, dataDir, internal: internalSecrets })
}
