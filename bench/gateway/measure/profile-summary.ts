import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What of a V8 CPU profile (`--cpu-prof`) is read here. */
export interface CpuProfile {
  nodes: {
    id: number
    callFrame: { functionName: string; url: string; lineNumber: number }
  }[]
  /** The node at the top of the stack, sample by sample. */
  samples: number[]
  /** Microseconds before each sample. */
  timeDeltas: number[]
}

export interface ProfileSummary {
  busyMs: number
  /** Shares of the busy time, the largest first. */
  layers: [name: string, share: number][]
  functions: [name: string, share: number][]
}

/**
 * Self time by layer (a file of Monogram, a package, a part of Node) and by function; idle time is left out, and what
 * came before the last so many seconds, such as the start of the program.
 */
export function summarizeProfile(
  { nodes, samples, timeDeltas }: CpuProfile,
  lastSeconds = Number.POSITIVE_INFINITY,
): ProfileSummary {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const layers = new Map<string, number>()
  const functions = new Map<string, number>()
  let busy = 0
  let left = timeDeltas.reduce((sum, time) => sum + time, 0)
  for (const [i, id] of samples.entries()) {
    const frame = frames.get(id)
    const time = timeDeltas[i] ?? 0
    const isEarly = left > lastSeconds * 1e6
    left -= time
    if (isEarly || !frame || frame.functionName === '(idle)') continue
    busy += time
    const layer = layerOf(frame.functionName, frame.url)
    layers.set(layer, (layers.get(layer) ?? 0) + time)
    const name = `${frame.functionName || '(anonymous)'}  ${layer}:${frame.lineNumber + 1}`
    functions.set(name, (functions.get(name) ?? 0) + time)
  }
  return { busyMs: busy / 1000, layers: shares(layers, busy), functions: shares(functions, busy) }
}

/** The summaries of all profiles in a folder, as text. */
export function describeProfiles(folder: string, lastSeconds: number): string {
  const files = readdirSync(folder).filter((file) => file.endsWith('.cpuprofile'))
  return files
    .map((file) => {
      const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile
      const { busyMs, layers, functions } = summarizeProfile(profile, lastSeconds)
      return [
        `${file}: ${busyMs.toFixed(0)} ms busy, self time by layer`,
        ...layers.slice(0, 25).map(line),
        'and by function',
        ...functions.slice(0, 40).map(line),
      ].join('\n')
    })
    .join('\n')
}

function line([name, share]: [string, number]): string {
  return `${(share * 100).toFixed(1).padStart(6)} %  ${name}`
}

function layerOf(functionName: string, url: string): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'native'
  if (url.startsWith('node:')) return url
  const path = url.replace(/^file:\/\//, '')
  const inPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]
  return inPackage ?? path.replace(/^.*\/dist\//, '')
}

function shares(times: ReadonlyMap<string, number>, total: number): [string, number][] {
  return Array.from(times, ([name, time]): [string, number] => [name, time / total]).sort(
    ([, a], [, b]) => b - a,
  )
}
