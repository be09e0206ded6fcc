/** An answer of more bytes than this is read in a turn of its own. */
export const LARGE_ANSWER = 128 * 1024

/** Runs works one in each turn of the event loop, in order, so that many at once hold up no timer. */
export type OneEachTurn = (work: () => void) => void

/** For all subgraphs of a gateway together: reading a megabyte takes some 20 ms, in which nothing else happens. */
export function createOneEachTurn(): OneEachTurn {
  const waiting: (() => void)[] = []

  function next(): void {
    const work = waiting.shift()
    if (waiting.length > 0) setImmediate(next)
    work?.()
  }

  return (work) => {
    if (waiting.push(work) === 1) setImmediate(next)
  }
}
