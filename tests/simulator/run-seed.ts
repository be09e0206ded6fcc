import { checkSettled } from './check-settled.ts'
import { assure, Violation } from './monitor.ts'
import { anEvent } from './people.ts'
import { DAY_MS, World, type BrokenRule, type SimulatedServer } from './world.ts'

const MAX_STEPS = 40_000

/**
 * Lives through one world: clients send and resend while servers fail, pause, die and are started anew, parked events
 * are released, trails folded anew and merges undone. Then the storm ends, all settles, and everything is checked.
 * Rejects with Violation when a promise was broken.
 */
export async function runSeed(
  seed: number,
  broken: BrokenRule = {},
  drained?: () => Promise<void>,
): Promise<{ steps: number }> {
  const world = new World(seed, broken, drained)
  const { random, scheduler, monitor } = world
  const versions = random.chance(0.3) ? [1, 2] : [2]
  // In some worlds nobody can fold odd events until the storm is over: they are parked.
  const pickiness = random.pick([0, 0.4, 1])
  const start = (): SimulatedServer => world.startServer(random.pick(versions), random.chance(pickiness))
  const wanted = random.pick([1, 2, 2, 3, 4])
  for (let i = 0; i < wanted; i++) start()

  const disturb = (): void => {
    if (monitor.violation) throw monitor.violation
    if (!world.stormy) return
    const server = world.servers.length > 0 ? random.pick(world.servers) : null
    if (server && random.chance(0.004)) server.kill()
    else if (server && random.chance(0.003)) {
      server.process.pausedUntil = scheduler.steps + random.int(400)
    }
    if (world.servers.length < wanted && random.chance(0.1)) start()
  }
  await scheduler.runUntil(liveThrough(world), MAX_STEPS, disturb)

  world.stormy = false
  // Half of the time those that were paused or slow wake only after another has finished everything.
  if (random.chance(0.5))
    for (const { process } of world.servers) process.pausedUntil = scheduler.steps + 2_000
  const last = world.startServer(Math.max(...versions))
  await scheduler.runUntil(settle(world, last), MAX_STEPS, disturb)
  await scheduler.runUntil(checkSettled(world), MAX_STEPS, () => undefined)
  return { steps: scheduler.steps }
}

/** Everything that happens in the storm. */
async function liveThrough(world: World): Promise<void> {
  const events = 3 + world.random.int(12)
  const browsers = ['a', 'b', 'c'].slice(0, 1 + world.random.int(3))
  const gapMs = world.random.pick([10, 80, 300])
  const left = Array.from({ length: events }, (_, serial) => serial)
  const client = async (): Promise<void> => {
    const actor = world.actor('client')
    const sleep = world.scheduler.sleepOf(actor)
    while (left.length > 0) {
      const raws = left
        .splice(0, 1 + world.random.int(3))
        .map((serial) => anEvent(world.random, browsers, serial, world.isLong))
      await world.send(actor, raws)
      if (world.random.chance(0.3)) await resend(world, actor, raws)
      if (world.random.chance(0.5)) await sleep(world.random.int(gapMs))
    }
  }
  await Promise.all([client(), client(), operate(world)])
}

async function resend(
  world: World,
  actor: ReturnType<World['actor']>,
  raws: readonly Record<string, unknown>[],
): Promise<void> {
  const other = world.random.chance(0.2)
  const again = raws.map((raw) => (other ? { ...raw, properties: { other: true } } : raw))
  for (const { outcome } of await world.send(actor, again)) {
    const expected = other ? 'conflict' : 'duplicate'
    if (outcome !== expected) throw new Violation(`I1: what was acknowledged is ${outcome} when sent again`)
  }
}

const DEEDS = ['parked', 'all', 'undo'] as const
const LONG_DEEDS = [...DEEDS, 'retain', 'retain'] as const

/** Somebody who releases, folds anew, deletes what is old and undoes merges now and then. */
async function operate(world: World): Promise<void> {
  const { random, scheduler, storage, isLong } = world
  const actor = world.actor('operator')
  for (let i = random.int(isLong ? 6 : 4); i > 0; i--) {
    await scheduler.sleepOf(actor)(random.int(300))
    const kind = random.pick(isLong ? LONG_DEEDS : DEEDS)
    if (kind === 'undo') {
      const pairs = await storage.identities.listPairs(null, 50)
      if (pairs.length === 0) continue
      const { id, pair } = random.pick(pairs)
      await storage.identities.requestUndos([{ id, pair, by: 'operator', at: scheduler.now }])
    } else if (kind === 'retain') {
      // Now and then two at once, of different instants.
      const servers = world.servers.slice(0, random.chance(0.5) ? 2 : 1)
      const first = random.int(2)
      await Promise.all(servers.map((server, i) => retainSome(world, server, (first + i) % 2)))
    } else {
      const [server] = world.servers
      if (server)
        await Promise.race([server.path.replay({ kind }, CONTROL), server.died]).catch(() => undefined)
    }
  }
}

/** What dies or fails on the way goes on with the next one. */
async function retainSome(
  { retainFrom }: World,
  { path, died }: SimulatedServer,
  monthsMore: number,
): Promise<void> {
  const before = retainFrom - monthsMore * 30 * DAY_MS
  await Promise.race([path.retain(before, CONTROL), died]).catch(() => undefined)
}

/** One server does everything that is left; then the others, if they live, find nothing wrong to do. */
async function settle(world: World, last: SimulatedServer): Promise<void> {
  await last.path.worker.settled()
  await last.path.replay({ kind: 'parked' }, CONTROL)
  await last.path.worker.settled()
  const others = world.servers.filter((server) => server !== last)
  // One of an older fold may find trails that are not for it, and waits for ever.
  for (const { process, path } of others) {
    process.pausedUntil = 0
    path.worker.wake('anything')
  }
  const actor = world.actor('patience')
  await world.scheduler.sleepOf(actor)(200)
  await last.path.worker.settled()
  await foldAnew(world, last)
  await Promise.all(world.servers.map(({ path }) => path[Symbol.asyncDispose]()))
}

/** The log that is left gives what is there already, once all that is old is deleted. */
async function foldAnew(
  { storage, isLong, retainFrom }: World,
  { path, foldVersion }: SimulatedServer,
): Promise<void> {
  if (isLong) {
    const { left } = await path.retain(retainFrom, CONTROL)
    assure(left === 0, `${left} trails cannot be sealed although nobody else does`)
  }
  const trails = [...(await storage.trails.get(await storage.trails.list(null, 1_000))).values()]
  const outdated = trails.filter((trail) => trail.foldVersion < foldVersion).length
  const { rebuilt, failed } = await path.replay({ kind: 'all' }, CONTROL)
  assure(
    failed === 0 && rebuilt <= outdated,
    `I3: folded anew, ${rebuilt} trails changed and ${failed} failed`,
  )
  await path.worker.settled()
}

const CONTROL = { onProgress: () => undefined, signal: new AbortController().signal }
