import type { ApiKeyStore } from './api-keys.ts'
import type { EventStore } from './events.ts'
import type { IdentityStore } from './identities.ts'
import type { ProductStore } from './products.ts'
import type { ProfileStore } from './profiles.ts'
import type { ProgressStore } from './progress.ts'
import type { SealedPurchaseStore } from './sealed-purchases.ts'
import type { TrailStore } from './trails.ts'

/*
 * What Monogram asks of a store. Each document is written atomically and by itself: a list of writes is a list of
 * independent writes that may be carried out together, and a caller relies on nothing across two of them.
 *
 * A promise that resolves means durable: it survives SIGKILL and loss of power. A promise that rejects with
 * StorageError means unknown: each write of the call may or may not have taken effect, so a caller reads again, or
 * repeats a call that is safe to repeat (each says whether it is). Nothing else is ever thrown, but for a bug
 * (a value that no store may be given: undefined, NaN, text with a NUL or with half of a surrogate pair, a time or
 * version that is no integer), which throws TypeError before any effect. An id that no document can have is unknown.
 *
 * Reads see every write that was acknowledged before they began.
 */
export interface Storage extends AsyncDisposable {
  readonly events: EventStore
  readonly trails: TrailStore
  readonly profiles: ProfileStore
  readonly identities: IdentityStore
  readonly products: ProductStore
  readonly sealedPurchases: SealedPurchaseStore
  readonly apiKeys: ApiKeyStore
  readonly progress: ProgressStore
  /** Resolves when the store can take a write, rejects with StorageError when it cannot. */
  ready(): Promise<void>
  /** How many writes wait for their turn now; 0 where the store does not queue them. */
  waitingWrites(): number
}
