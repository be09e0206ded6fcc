import { COLLECTION_NAMES as NAMES } from '../documents.ts'
import type { Migration } from '../migrations.ts'

/** What a trail's state keeps no more is found by what its events are about. */
export const boundedState: Migration = {
  version: 2,
  name: 'bounded state',
  indexes: [
    {
      collection: NAMES.events,
      name: 'purchases',
      key: { trail: 1, purchase: 1, purchasePart: 1, time: 1, _id: 1 },
      only: 'purchase',
    },
    { collection: NAMES.sealedPurchases, name: 'by_trail', key: { trail: 1, ref: 1 } },
  ],
}
