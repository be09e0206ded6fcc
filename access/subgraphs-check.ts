import { MonogramError } from '../core/errors.ts'
import type { ReadyCheck } from '../platform/health.ts'
import type { Log } from '../platform/log.ts'
import { knock } from './knock.ts'

export interface SubgraphsCheckOptions {
  /** Processes that serve subgraphs. */
  urls: readonly string[]
  ownToken: () => string
  log: Log
}

/**
 * A gateway is ready once one of the processes behind it has taken a call of it: until then it can tell nobody's key, and
 * one with another secret never can. Afterwards it stays ready, whatever becomes of them: it answers with what it has, and
 * sending its callers elsewhere would not help them.
 */
export function createSubgraphsCheck({ urls, ownToken, log }: SubgraphsCheckOptions): ReadyCheck {
  let isKnown = false
  let last = ''
  return async () => {
    if (isKnown) return
    const knocks = await Promise.all(urls.map(async (url) => ({ url, ...(await knock(url, ownToken())) })))
    isKnown = knocks.some(({ kind }) => kind === 'known')
    if (isKnown) return
    const refused = knocks.find(({ kind }) => kind === 'refused')
    const reason = refused
      ? 'the subgraphs refuse this gateway: every process of a deployment needs the same MONOGRAM_SECRET (or MONOGRAM_INTERNAL_SECRETS), and clocks that differ by less than five minutes'
      : 'no subgraph has answered yet'
    if (reason !== last) log.warn({ knocks }, `not ready: ${reason}`)
    last = reason
    throw new MonogramError('NOT_READY', reason)
  }
}
