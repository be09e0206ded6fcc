import { canonicalJson } from '../core/json.ts'
import { mergeProduct } from '../core/products/product-state.ts'
import type { ProductDocument, ProductPatch, ProductState } from '../core/products/product.ts'
import type { Clock } from '../platform/clock.ts'
import type { ProductStore } from '../storage/ports.ts'
import { appendToOutbox } from './outbox.ts'
import type { Outbox } from './relay.ts'

/** Merges what events and imports say of products into the catalogue. */
export interface Catalogue {
  /** Resolves when durable. Safe to repeat: a product is a join of what was said about it. */
  upsert(patches: readonly ProductPatch[]): Promise<void>
}

const MAX_ATTEMPTS = 20

export interface CatalogueOptions {
  products: ProductStore
  clock: Clock
  /** Told of the outboxes that were written, as soon as they are. */
  onWritten?: (outboxes: readonly Outbox[]) => void
}

export function createCatalogue({ products, clock, onWritten }: CatalogueOptions): Catalogue {
  return {
    async upsert(patches) {
      let open = mergeById(patches)
      for (let attempt = 1; open.size > 0; attempt++) {
        if (attempt > MAX_ATTEMPTS) throw new Error(`products ${[...open.keys()].join(', ')} stay contended`)
        open = await writeOnce(open)
      }
    },
  }

  /** Writes each; returns those that somebody else wrote in between. */
  async function writeOnce(states: Map<string, ProductState>): Promise<Map<string, ProductState>> {
    const stored = await products.get([...states.keys()])
    const writes: ProductDocument[] = []
    for (const [id, state] of states) {
      const document = nextDocument(id, stored.get(id), state, clock())
      if (document) writes.push(document)
    }
    if (writes.length === 0) return new Map()
    const written = await products.put(writes)
    onWritten?.(writes.filter(({ outbox }, i) => written[i] && outbox.length > 0))
    const contended = writes.filter((_, i) => !written[i])
    return new Map(contended.map(({ id }) => [id, states.get(id) ?? {}]))
  }
}

function mergeById(patches: readonly ProductPatch[]): Map<string, ProductState> {
  const states = new Map<string, ProductState>()
  for (const { id, state } of patches) states.set(id, mergeProduct(states.get(id) ?? {}, state))
  return states
}

function nextDocument(
  id: string,
  stored: ProductDocument | undefined,
  patch: ProductState,
  now: number,
): ProductDocument | null {
  const state = stored ? mergeProduct(stored.state, patch) : patch
  if (stored && canonicalJson(values(state, 'all')) === canonicalJson(values(stored.state, 'all')))
    return null
  const visible =
    !stored || canonicalJson(values(state, 'seen')) !== canonicalJson(values(stored.state, 'seen'))
  const version = (stored?.version ?? 0) + (visible ? 1 : 0)
  const outbox = stored?.outbox ?? []
  return {
    id,
    rev: (stored?.rev ?? 0) + 1,
    version,
    asOf: now,
    state,
    outbox: visible ? appendToOutbox(outbox, { from: version, version, changed: [], at: now }) : outbox,
  }
}

/** The state with who wrote each field, or what a reader sees of it. */
function values(state: ProductState, which: 'all' | 'seen'): Parameters<typeof canonicalJson>[0] {
  return Object.fromEntries(
    Object.entries(state).map(([field, entry]) => [
      field,
      which === 'seen' ? entry.value : [entry.value, entry.at, entry.key],
    ]),
  )
}
