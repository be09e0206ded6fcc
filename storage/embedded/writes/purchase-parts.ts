import type { PurchasePart } from '../../../core/events/purchase.ts'

/** As they stand in the file. */
export const PURCHASE_PARTS: Readonly<Record<PurchasePart, number>> = { order: 1, mention: 2, refund: 3 }
