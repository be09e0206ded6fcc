import { hash128, lengthPrefixed } from '../../core/hash.ts'
import type { ProductFields, ProductPatch, ProductState } from '../../core/products/product.ts'
import type { Catalogue } from '../catalogue.ts'
import type { ProductNews } from './compile-mapping.ts'

export interface ProductCollector {
  /** `origin` names the group that the row belongs to. True: it is time to flush. */
  add(news: ProductNews, origin: string): boolean
  /** Resolves when all that was added is durable. */
  flush(): Promise<void>
  /** How many different products each flush told of, added up. */
  readonly count: number
}

export interface ProductCollectorOptions {
  source: string
  products: Pick<Catalogue, 'upsert'>
  /** How many different products are held before they must be written. */
  maxHeld?: number
}

/** `key` is made when it is first needed: mostly once, at the end. */
interface HeldField {
  value: string | number | boolean
  at: number
  origin: string
  key: string | null
}
type Held = Partial<Record<keyof ProductFields, HeldField>>

const MAX_PER_WRITE = 500

/**
 * Keeps, for each product, the newest news of each field: half a million rows become some thousand writes. Of rows
 * with the same time the greater key wins, as in the catalogue, and within a group the later row.
 */
export function createProductCollector(options: ProductCollectorOptions): ProductCollector {
  const { source, products, maxHeld = 20_000 } = options
  const held = new Map<string, Held>()
  let count = 0
  let lastOrigin = ''
  let lastKey = keyOf('')

  return {
    add({ id, at, fields }, origin) {
      let product = held.get(id)
      if (!product) {
        product = {}
        held.set(id, product)
      }
      for (const name in fields) {
        const field = name as keyof ProductFields
        const value = fields[field]
        const present = product[field]
        if (value === undefined) continue
        if (!present || wins(at, origin, present)) product[field] = { value, at, origin, key: null }
      }
      return held.size >= maxHeld
    },
    async flush() {
      const patches = [...held].map(([id, product]) => ({ id, state: toState(product) }))
      held.clear()
      count += patches.length
      for (let from = 0; from < patches.length; from += MAX_PER_WRITE) {
        await products.upsert(patches.slice(from, from + MAX_PER_WRITE))
      }
    },
    get count() {
      return count
    },
  }

  function wins(at: number, origin: string, present: HeldField): boolean {
    if (at !== present.at) return at > present.at
    if (origin === present.origin) return true
    if (origin !== lastOrigin) {
      lastOrigin = origin
      lastKey = keyOf(origin)
    }
    present.key ??= keyOf(present.origin)
    return lastKey > present.key
  }

  function toState(product: Held): ProductState {
    const entries = Object.entries(product).map(([field, { value, at, origin, key }]) => [
      field,
      { value, at, key: key ?? keyOf(origin) },
    ])
    return Object.fromEntries(entries) as ProductPatch['state']
  }

  /** Stands where an event's key would: the same rows imported again say the same. */
  function keyOf(origin: string): string {
    return hash128(lengthPrefixed(['import', source, origin]))
  }
}
