import { knock } from '../access/knock.ts'
import type { SubgraphUrls } from '../platform/config/config.ts'

export interface FoundProcess {
  subgraph: string
  url: string
  ready: boolean
  /** Why it is not, or what else keeps it from working with the others. */
  problem: string | null
}

const TIMEOUT_MS = 2_000
/** Less than what calls between processes may differ by, so that it is seen before they fail. */
const MAX_CLOCK_DIFFERENCE_MS = 60_000

/**
 * What the processes at the addresses of subgraphs say of themselves, and whether they take calls that are signed as the
 * configuration here says (`ownToken`; null when it has no secret). Never rejects.
 */
export function askProcesses(urls: SubgraphUrls, ownToken: (() => string) | null): Promise<FoundProcess[]> {
  return Promise.all(
    Object.entries(urls).flatMap(([subgraph, addresses]) =>
      addresses.map((url) => ask(subgraph, url, ownToken)),
    ),
  )
}

/** `http://a:4000 is ready`, or what is wrong with it. */
export function describeProcess({ url, ready, problem }: Omit<FoundProcess, 'subgraph'>): string {
  const state = `${url} is ${ready ? 'ready' : 'not ready'}`
  if (problem === null) return state
  return ready ? `${state}, but ${problem}` : `${state}: ${problem}`
}

async function ask(subgraph: string, url: string, ownToken: (() => string) | null): Promise<FoundProcess> {
  try {
    const response = await fetch(new URL('/healthz/ready', url), { signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (!response.ok) {
      const problem = `${response.status} ${(await response.text()).slice(0, 200)}`
      return { subgraph, url, ready: false, problem }
    }
    const problem = clockProblem(response.headers.get('date')) ?? (await secretProblem(url, ownToken))
    return { subgraph, url, ready: true, problem }
  } catch (error) {
    const { message, cause } = error as Error
    return { subgraph, url, ready: false, problem: cause instanceof Error ? cause.message : message }
  }
}

function clockProblem(date: string | null): string | null {
  const differenceMs = Math.abs(Date.parse(date ?? '') - Date.now())
  if (!(differenceMs > MAX_CLOCK_DIFFERENCE_MS)) return null
  return `its clock and the one here differ by ${Math.round(differenceMs / 1_000)} s`
}

async function secretProblem(url: string, ownToken: (() => string) | null): Promise<string | null> {
  if (!ownToken) return null
  const answer = await knock(url, ownToken(), TIMEOUT_MS)
  return answer.kind === 'refused'
    ? 'it refuses calls: MONOGRAM_SECRET (or MONOGRAM_INTERNAL_SECRETS) is another one there'
    : null
}
