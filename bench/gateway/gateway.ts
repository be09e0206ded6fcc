import { figure, type Figure } from '../support/figures.ts'
import { isWanted } from '../support/options.ts'
import { deadlineFigures } from './deadlines/deadline-figures.ts'
import { DEADLINE_CASES } from './deadlines/measure-deadlines.ts'
import { LOADS, measure, type BenchLoad, type Measurement } from './loads.ts'
import { canPin } from './measure/pinned-process.ts'
import { describeProfiles } from './measure/profile-summary.ts'
import { wrkIsInstalled } from './measure/wrk.ts'
import { memoryFigures } from './memory.ts'
import { parseGatewayBenchOptions, type GatewayBenchOptions } from './options.ts'
import { reportFigures, type Results } from './report.ts'
import {
  installPeers,
  startContender,
  startSubgraphs,
  type RunningContender,
  type RunningSubgraphs,
} from './running.ts'
import { absence, TARGETS, type Contender, type Target } from './targets.ts'
import { verify } from './verify.ts'

/**
 * As many requests as V8 has to see before it compiles no more (by then a request of the floor as one of Monogram takes
 * what it takes from then on; after a fifth of them, half as much again), or as long as there is time for.
 */
const WARM_UP = {
  single: { requests: 30_000, maxChunks: 8, chunkSeconds: 3 },
  batch: { requests: 2_500, maxChunks: 8, chunkSeconds: 3 },
}

/**
 * Monogram, other gateways and a floor written by hand, in front of the same subgraphs with the same random ids. A
 * target that is not installed, or gives a wrong answer, is left out with the reason on stderr.
 */
export async function gatewayBench(): Promise<Figure[]> {
  const options = parseGatewayBenchOptions(process.argv.slice(2))
  if (options.deadlines) {
    await using faulty = await startSubgraphs()
    const cases = DEADLINE_CASES.filter(({ name }) => isWanted(name, options.work))
    return await deadlineFigures(faulty, cases, options.seconds)
  }
  if (!wrkIsInstalled()) {
    say('wrk makes the load and is not installed: apt-get install -y wrk')
    return [figure('gateway bench skipped', 0, '', 'wrk is not installed: apt-get install -y wrk')]
  }
  if (!canPin) say('fewer than two cores, or no taskset: nothing is pinned, so these figures are rough')
  if (options.installPeers) installPeers()

  await using subgraphs = await startSubgraphs()
  if (options.memory) return await memoryFigures(subgraphs, options)
  const { results, leftOut } = await compare(subgraphs, options)
  if (options.cpuProfileFolder !== undefined) {
    say(describeProfiles(options.cpuProfileFolder, measuredSeconds(results, options)))
  }
  return [
    ...reportFigures(results, conditions(options), leftOut),
    ...(await memoryFigures(subgraphs, options)),
  ]
}

interface Comparison {
  results: Results
  /** Target to reason. */
  leftOut: ReadonlyMap<string, string>
}

async function compare(subgraphs: RunningSubgraphs, options: GatewayBenchOptions): Promise<Comparison> {
  const servers = new Map<Contender, RunningContender>()
  const leftOut = new Map<string, string>()
  const results: Results = new Map()
  try {
    const targets: { target: Target; server: RunningContender }[] = []
    for (const target of TARGETS.filter(({ name }) => isWanted(name, options.only))) {
      try {
        const server = await serverOf(target.contender)
        await verify(target, server.url)
        targets.push({ target, server })
      } catch (error) {
        const reason = (error as Error).message
        leftOut.set(target.name, reason.split('\n')[0] ?? reason)
        say(`${target.name} is left out: ${reason}`)
      }
    }
    const loads = LOADS.filter(({ name }) => isWanted(name, options.work))
    for (const { target, server } of targets) await warmUp(target, server, loads)
    for (let round = 0; round < options.rounds; round++) {
      for (const load of loads) {
        for (const { target, server } of rotated(targets, round)) {
          const measurement = await measure(target, server, subgraphs, load, options.seconds)
          remember(target, load, measurement)
        }
      }
    }
  } finally {
    for (const server of servers.values()) await server[Symbol.asyncDispose]()
  }
  return { results, leftOut }

  async function serverOf(contender: Contender): Promise<RunningContender> {
    const present = servers.get(contender)
    if (present) return present
    const reason = absence(contender)
    if (reason !== null) throw new Error(reason)
    const server = await startContender(contender, subgraphs, options.cpuProfileFolder)
    servers.set(contender, server)
    return server
  }

  async function warmUp(
    target: Target,
    server: RunningContender,
    loads: readonly BenchLoad[],
  ): Promise<void> {
    for (const kind of ['single', 'batch'] as const) {
      const load = loads.findLast(({ work }) => work.name === kind)
      if (!load) continue
      const { requests: enough, maxChunks, chunkSeconds } = WARM_UP[kind]
      let requests = 0
      for (let chunk = 0; requests < enough && chunk < maxChunks; chunk++) {
        const { requestsPerSecond } = await measure(target, server, subgraphs, load, chunkSeconds)
        requests += requestsPerSecond * chunkSeconds
      }
    }
  }

  function remember(target: Target, load: BenchLoad, measurement: Measurement): void {
    const line = `${load.name}, ${target.name}: ${measurement.cpuMsPerRequest.toFixed(3)} CPU-ms a request`
    say(`${line}, ${measurement.requestsPerSecond.toFixed(0)} requests/s`)
    if (measurement.failures > 0) say(`${load.name}, ${target.name}: ${measurement.failures} failures`)
    const byTarget = results.get(load.name) ?? new Map<string, Measurement[]>()
    results.set(load.name, byTarget)
    byTarget.set(target.name, [...(byTarget.get(target.name) ?? []), measurement])
  }
}

/** How long Monogram was under load, without its start and the warm-up. */
function measuredSeconds(results: Results, { seconds }: GatewayBenchOptions): number {
  let loads = 0
  for (const targets of results.values()) {
    for (const [name, rounds] of targets) if (name.startsWith('monogram')) loads += rounds.length
  }
  return loads * seconds
}

/** Each round begins with another one, so that none always follows the same. */
function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const from = items.length === 0 ? 0 : by % items.length
  return [...items.slice(from), ...items.slice(0, from)]
}

function conditions({ seconds, rounds }: GatewayBenchOptions): string {
  const pinning = canPin ? 'gateway on core 0, subgraphs and wrk on core 1' : 'nothing pinned'
  return `${seconds} s, median of ${rounds} round${rounds === 1 ? '' : 's'}, ${pinning}`
}

function say(line: string): void {
  console.error(line)
}
