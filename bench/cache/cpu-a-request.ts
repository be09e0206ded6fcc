import { describeProfiles } from '../gateway/measure/profile-summary.ts'
import { canPin } from '../gateway/measure/pinned-process.ts'
import { figure, type Figure } from '../support/figures.ts'
import { countLevels, levelsSince } from './entity-levels.ts'
import { CONNECTIONS, measure, SECONDS, verify, warm, type Measurement } from './measure-render.ts'
import type { CacheBenchOptions } from './options.ts'
import { startContenders, type Contender } from './render-lane.ts'

/**
 * CPU time of a render of which the cache has all, nine of ten, or all in Redis alone, beside a bare echo of the same
 * answer in the same run. Rounds take turns; figures are medians.
 */
export async function cpuARequest(options: CacheBenchOptions): Promise<Figure[]> {
  const measured = await measureRounds(options)
  if (options.cpuProfileFolder !== undefined)
    console.error(describeProfiles(options.cpuProfileFolder, measured.seconds))
  return figuresOf(measured, options)
}

interface Rounds {
  all: readonly Contender[]
  byName: ReadonlyMap<string, readonly Measurement[]>
  levels: ReadonlyMap<string, string>
  /** How long all of them took. */
  seconds: number
  /** Of one answer. */
  bytes: number
}

async function measureRounds(options: CacheBenchOptions): Promise<Rounds> {
  await using running = await startContenders(options)
  const { all, bytes, folder } = running
  for (const url of new Set(all.filter(({ goal }) => goal !== null).map((each) => each.url))) {
    // What a server is slow to take at first it takes the second time.
    for (let i = 0; i < 2; i++) await verify(url)
    await warm(url, folder)
  }
  for (const contender of all) await measure(contender, folder)
  const byName = new Map<string, Measurement[]>(all.map(({ name }) => [name, []]))
  const before = await countLevels(all)
  const startedAt = performance.now()
  for (let round = 0; round < options.rounds; round++) {
    for (const contender of all) byName.get(contender.name)?.push(await measure(contender, folder))
  }
  const seconds = (performance.now() - startedAt) / 1000
  return { all, byName, levels: await levelsSince(before, all), seconds, bytes }
}

function figuresOf({ all, byName, levels, bytes }: Rounds, { rounds }: CacheBenchOptions): Figure[] {
  const echoes = (byName.get('echo') ?? []).map(({ cpuMs }) => cpuMs)
  const ofEcho = median(echoes)
  const conditions = `random ids, ${CONNECTIONS} connections, median of ${rounds} rounds of ${SECONDS} s, ${canPin ? 'pinned to a core' : 'not pinned'}`
  return all.flatMap(({ name, goal, url }) => {
    const measurements = byName.get(name) ?? []
    const value = median(measurements.map(({ cpuMs }) => cpuMs))
    if (goal === null) return figure('echo', value, 'CPU-ms a request', `${conditions}; ${bytes} bytes`)
    const ratios = measurements.map(({ cpuMs }, round) => cpuMs / (echoes[round] ?? Number.NaN))
    const rate = median(measurements.map(({ requestsPerSecond }) => requestsPerSecond))
    const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)} round by round, ${rate.toFixed(0)} requests/s`
    const beside = figure(
      `${name}, beside the echo`,
      value / ofEcho,
      'x',
      `${conditions}, ${spread}; entities of this gateway: ${levels.get(url) ?? ''}`,
      { op: '<=', value: goal },
    )
    beside.peer = {
      name: 'echo',
      value: Number(ofEcho.toPrecision(4)),
      ratio: Number((value / ofEcho).toPrecision(4)),
    }
    return [beside, ...redisFigures(name, measurements)]
  })
}

/** What Redis itself spends, which all gateways share. */
function redisFigures(name: string, measurements: readonly Measurement[]): Figure[] {
  const used = measurements.flatMap(({ redis }) => redis ?? [])
  if (used.length === 0) return []
  const scripts = median(used.map((each) => each.scripts))
  const scriptMs = median(used.map((each) => each.scriptMs))
  const conditions = `${scripts.toPrecision(3)} scripts a request, ${scriptMs.toFixed(4)} ms in them; ${CONNECTIONS} connections`
  return [
    figure(`${name}, CPU of Redis`, median(used.map((each) => each.cpuMs)), 'CPU-ms a request', conditions),
  ]
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
