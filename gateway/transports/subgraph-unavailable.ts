/** `timeout`: not in time. `open-circuit`: not asked, since it kept failing. `error`: anything else. */
export type UnavailableReason = 'timeout' | 'error' | 'open-circuit'

/**
 * How far a call got. `unsent`: nobody has begun it, so that even a mutation may be sent elsewhere. `cut`: its connection
 * ended before any answer. `sent`: anything else.
 */
export type CallProgress = 'unsent' | 'cut' | 'sent'

/**
 * A subgraph could not be asked, or gave nothing that can be read. What a client may see is decided by who catches it. It
 * has no stack, which would say nothing and cost more than all else that is done about it; its cause may have one.
 */
export class SubgraphUnavailable extends Error {
  override readonly name = 'SubgraphUnavailable'
  readonly subgraphName: string
  readonly reason: UnavailableReason
  readonly progress: CallProgress

  constructor(
    subgraphName: string,
    reason: UnavailableReason,
    what: string,
    cause?: unknown,
    progress: CallProgress = 'sent',
  ) {
    const stackTraceLimit = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(`the subgraph "${subgraphName}" ${what}`, { cause })
    Error.stackTraceLimit = stackTraceLimit
    this.subgraphName = subgraphName
    this.reason = reason
    this.progress = progress
  }
}

export function lateAnswer(subgraphName: string): SubgraphUnavailable {
  return new SubgraphUnavailable(subgraphName, 'timeout', 'did not answer in time')
}

export function callerGone(subgraphName: string): SubgraphUnavailable {
  return new SubgraphUnavailable(subgraphName, 'error', 'was not waited for: the caller has gone')
}
