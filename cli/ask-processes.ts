import type { SubgraphUrls } from '../platform/config/config.ts'

export interface FoundProcess {
  subgraph: string
  url: string
  ready: boolean
  /** Why it is not. */
  problem: string | null
}

const TIMEOUT_MS = 2_000

/** What the processes at the addresses of subgraphs say of themselves. Never rejects. */
export function askProcesses(urls: SubgraphUrls): Promise<FoundProcess[]> {
  return Promise.all(
    Object.entries(urls).flatMap(([subgraph, addresses]) => addresses.map((url) => ask(subgraph, url))),
  )
}

async function ask(subgraph: string, url: string): Promise<FoundProcess> {
  try {
    const response = await fetch(new URL('/healthz/ready', url), { signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (response.ok) return { subgraph, url, ready: true, problem: null }
    const problem = `${response.status} ${(await response.text()).slice(0, 200)}`
    return { subgraph, url, ready: false, problem }
  } catch (error) {
    const { message, cause } = error as Error
    return { subgraph, url, ready: false, problem: cause instanceof Error ? cause.message : message }
  }
}
