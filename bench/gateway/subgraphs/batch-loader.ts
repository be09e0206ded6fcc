/** Joins the loads of one request into one read, as DataLoader does behind a real subgraph's `__resolveReference`. */
export interface BatchLoader<Row> {
  load(id: string): Promise<Row>
}

export function createBatchLoader<Row>(read: (id: string) => Row): BatchLoader<Row> {
  const loads = new Map<string, Promise<Row>>()
  let waiting: { id: string; resolve: (row: Row) => void }[] = []

  return {
    load(id) {
      const present = loads.get(id)
      if (present) return present
      const load = new Promise<Row>((resolve) => {
        // After the promise jobs of this tick, so that everything that one level of the query asks for is joined.
        if (waiting.length === 0) void Promise.resolve().then(() => process.nextTick(readAll))
        waiting.push({ id, resolve })
      })
      loads.set(id, load)
      return load
    },
  }

  function readAll(): void {
    const joined = waiting
    waiting = []
    for (const { id, resolve } of joined) resolve(read(id))
  }
}
