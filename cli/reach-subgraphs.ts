import { CALLER_HEADER } from '../core/access/caller-token.ts'
import type { Principal } from '../core/access/principal.ts'
import type { CallerTokens } from '../access/caller-token.ts'
import type { TurnClock } from '../gateway/deadlines/turn-clock.ts'
import type { DeadlineTimers } from '../gateway/transports/deadline-timers.ts'
import { createHttpSubgraph, type HttpSubgraph } from '../gateway/transports/http-subgraph.ts'
import { createSubgraphGroup } from '../gateway/transports/subgraph-group.ts'
import type { SubgraphUrls } from '../platform/config/config.ts'
import { subgraphPath, type SubgraphName } from '../platform/roles.ts'

/** On whose behalf a gateway asks for itself. */
const GATEWAY: Principal = { kind: 'anonymous', id: 'gateway', name: 'gateway', scopes: [] }

/** By what the processes of a deployment know one that asks for itself. */
export function ownTokenOf(tokens: Pick<CallerTokens, 'sign'>): () => string {
  return () => tokens.sign(GATEWAY)
}

/** Of Monogram's own: a page of 500 profiles with all their traits is more than a stranger's subgraph may answer. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024

/** A subgraph that other processes serve, each at one of these addresses. */
export function reachSubgraph(
  name: SubgraphName,
  urls: NonNullable<SubgraphUrls[SubgraphName]>,
  { tokens, timers, turns }: { tokens: CallerTokens; timers: DeadlineTimers; turns: TurnClock },
): HttpSubgraph {
  const caller = { header: CALLER_HEADER, tokenFor: tokens.sign, ownToken: ownTokenOf(tokens) }
  return createSubgraphGroup(
    name,
    urls.map((url) =>
      createHttpSubgraph({
        name,
        url: new URL(subgraphPath(name), url).href,
        caller,
        timers,
        turns,
        maxResponseBytes: MAX_RESPONSE_BYTES,
      }),
    ),
  )
}
