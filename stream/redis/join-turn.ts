/** Asks for the items of many callers at once; each gets the answers to its own. */
export type JoinedAsk<Item, Answer> = (items: readonly Item[], timeoutMs: number) => Promise<Answer[]>

/**
 * What is asked in one turn of the event loop, with the same patience, becomes one call: concurrent requests then share
 * the cost of a call, which is several times that of one more entity in it.
 */
export function joinTurn<Item, Answer>(ask: JoinedAsk<Item, Answer>): JoinedAsk<Item, Answer> {
  const waiting = new Map<number, { items: Item[]; answers: Promise<Answer[]> }>()

  function begin(timeoutMs: number): { items: Item[]; answers: Promise<Answer[]> } {
    const items: Item[] = []
    const answers = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      waiting.delete(timeoutMs)
      return ask(items, timeoutMs)
    })
    const begun = { items, answers }
    waiting.set(timeoutMs, begun)
    return begun
  }

  return async (items, timeoutMs) => {
    const joined = waiting.get(timeoutMs) ?? begin(timeoutMs)
    const from = joined.items.length
    for (const item of items) joined.items.push(item)
    return (await joined.answers).slice(from, from + items.length)
  }
}
