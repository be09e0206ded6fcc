import { randomBytes } from 'node:crypto'
import type { Metric } from 'prom-client'
import { createApiKeys } from '../access/api-keys.ts'
import type { DeploymentSecrets } from '../access/secret.ts'
import { DEFAULT_IDENTITY_RULES } from '../core/identity/rules.ts'
import { FOLD_VERSION } from '../core/profile/fold-version.ts'
import { createEventPath } from '../ingest/create-event-path.ts'
import type { Work } from '../ingest/worker/worker.ts'
import { openWorkerSeats, workersGauge } from '../ingest/worker/worker-seats.ts'
import { askAgainUnderOtherRules } from '../ingest/identity/ask-again.ts'
import { systemClock } from '../platform/clock.ts'
import type { Config } from '../platform/config/config.ts'
import type { Log } from '../platform/log.ts'
import { ResourceStack } from '../platform/resource-stack.ts'
import { lockDataDir } from '../storage/embedded/lock.ts'
import { openStorage } from '../storage/open-storage.ts'
import type { Stream } from '../stream/ports.ts'
import { openSecrets, openStreamOf } from './open-stream.ts'
import { adoptSecret, requireOwnRedis, requireOwnStore } from './own-deployment.ts'
import { readIdentityRules } from './read-identity-rules.ts'
import { checkDistributed, isDistributed, roleSetOf, type RoleSet } from './role-set.ts'
import type { Services } from './services.ts'

const DAY_MS = 86_400_000

/** The services, and what only the server builds upon. */
export interface OpenedServices extends Services, AsyncDisposable {
  stream: Stream
  secrets: DeploymentSecrets
  metrics: readonly Metric[]
}

/** The topics of hints, by what there is to do. */
const HINTS: Readonly<Record<Work, string>> = { events: 'work:events', anything: 'work' }

/**
 * Takes the data folder for this process, unless the store is one that processes share, and opens the store, the event
 * path and the keys, without HTTP. Disposing closes them in reverse: what was acknowledged and is not folded yet is
 * folded by the next process.
 */
export async function openServices(
  config: Config,
  log: Log,
  serving: RoleSet | null = null,
): Promise<OpenedServices> {
  // A command leaves events to the workers that share its store, where there are any.
  const set = serving ?? roleSetOf(isDistributed(config) ? ['ingest'] : null)
  checkDistributed(config, set)
  const identityRules =
    config.identityRules === null ? DEFAULT_IDENTITY_RULES : await readIdentityRules(config.identityRules)
  await using opening = new ResourceStack()
  if (!isDistributed(config)) opening.use(await lockDataDir(config.dataDir))
  const storage = opening.use(
    await openStorage({ dataDir: config.dataDir, url: config.storageUrl ?? undefined, log }),
  )
  const secrets = await openSecrets(config)
  const secret = isDistributed(config) ? secrets.fingerprint : null
  const store = serving && (await requireOwnStore(storage.progress, secret))
  await askAgainUnderOtherRules(storage.identities, storage.progress, identityRules)
  const stream = opening.use(await openStreamOf(config, log))
  if (serving) await requireOwnRedis(stream, { store, secret })
  const seats =
    set.has('worker') && isDistributed(config)
      ? opening.use(await openWorkerSeats({ leases: stream.leases, foldVersion: FOLD_VERSION, log }))
      : null
  const path = opening.use(
    createEventPath({
      storage,
      feed: stream.feed,
      clock: systemClock,
      log,
      currency: config.currency,
      identityRules,
      normalise: { country: config.country, lookups: config.lookups },
      lateAfterMs: config.lateAfterDays * DAY_MS,
      ...(config.retainDays !== null && { retainMs: config.retainDays * DAY_MS }),
      isPublishing: config.kafkaUrl !== null && config.kafkaChangesTopic !== null,
      isWorking: set.has('worker'),
      // What is small holds up no acknowledgement; with a database, each call is a way there and back.
      ...(!isDistributed(config) && { step: 50 }),
      onWork: (work) => stream.hints.send(HINTS[work]),
      ...(seats && { share: () => seats.share }),
      // An embedded store has one process at a time.
      mayFoldBack: () => seats?.isNewest ?? !isDistributed(config),
    }),
  )
  if (seats) {
    for (const work of ['events', 'anything'] as const) {
      const hints = stream.hints.subscribe(HINTS[work], () => path.worker.wake(work))
      opening.defer(async () => hints[Symbol.dispose]())
    }
  }
  const apiKeys = createApiKeys({
    store: storage.apiKeys,
    pepper: secrets.apiKeyPepper,
    clock: systemClock,
    randomBytes,
  })
  const opened = opening.move()
  return {
    dataDir: config.dataDir,
    storage,
    stream,
    secrets,
    metrics: seats ? [...path.metrics.all, workersGauge(seats)] : path.metrics.all,
    apiKeys,
    async requireSecret(begin) {
      if (secret === null) return
      if (begin) await adoptSecret(storage.progress, secret)
      else await requireOwnStore(storage.progress, secret)
    },
    accept: path.accept,
    products: path.catalogue,
    undoMerge: path.undoMerge,
    clock: systemClock,
    replay: path.replay,
    retain: path.retain,
    settled: () => path.worker.settled(),
    server: null,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}
