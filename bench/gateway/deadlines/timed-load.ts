/** What a load of renders is, as one argument of JSON; and what it showed, as one line of JSON. */
export interface TimedLoad {
  port: number
  /** Of the gateway's process. */
  pid: number
  documentId: string
  deadlineMs: number
  connections: number
  seconds: number
  /** Between an answer and the next request of a connection, on average. */
  pauseMs: number
  profiles: number
}

export interface TimedLoadResult {
  requests: number
  /** Milliseconds from sending a request to its whole answer. */
  p50Ms: number
  p999Ms: number
  maxMs: number
  /** By status, or the code of what broke the connection. */
  statuses: Record<string, number>
  /** By the first reason in the answer, or `fresh`. */
  outcomes: Record<string, number>
  /** Without what the machine took from both: the time in which the gateway, or this program, had no core to run on. */
  ownP999Ms: number
  ownMaxMs: number
  /** The longest time for which an answer may have been there before the program that measures saw it. */
  longestHoldMs: number
  /** The longest time for which the gateway had no core while an answer was waited for. */
  longestWaitMs: number
}
