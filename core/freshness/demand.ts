import { MonogramError } from '../errors.ts'
import type { EventKey } from '../events/event.ts'
import type { ProfileId } from '../identity/identity-key.ts'
import { formatReceipt, parseReceipt } from './receipt.ts'

/** What a read must show at least: the effect of an event, or a profile at a version or a later one. */
export type Demand = { kind: 'event'; key: EventKey } | { kind: 'version'; id: ProfileId; version: number }

/** A demand that was not reached in time, and what the profile concerned is at: its version, 0 when it is not there. */
export interface Held {
  /** The demand as it was given. */
  after: string
  id: ProfileId
  version: number
}

/** Of one read. */
export const MAX_DEMANDS = 50

const PROFILE_VERSION = /^(p_[A-Za-z0-9_-]{22}):([0-9]{1,15})$/

/**
 * The demands in a header: receipts and `id:version`, with commas between them. Each once.
 *
 * @param where what the caller calls the place they stand in: `x-monogram-after`
 * @throws MonogramError RECEIPT_INVALID
 */
export function parseDemands(text: string, where: string): Demand[] {
  const parts = new Set(text.split(',').map((part) => part.trim()))
  parts.delete('')
  if (parts.size > MAX_DEMANDS) {
    throw new MonogramError('RECEIPT_INVALID', `${where}: got ${parts.size}, expected at most ${MAX_DEMANDS}`)
  }
  return Array.from(parts, (part) => parseDemand(part, where))
}

export function formatDemands(demands: readonly Demand[]): string {
  return demands.map(formatDemand).join(',')
}

export function formatDemand(demand: Demand): string {
  return demand.kind === 'event' ? formatReceipt(demand.key) : `${demand.id}:${demand.version}`
}

function parseDemand(text: string, where: string): Demand {
  const key = parseReceipt(text)
  if (key !== null) return { kind: 'event', key }
  const [, id, version] = PROFILE_VERSION.exec(text) ?? []
  if (id !== undefined && version !== undefined) return { kind: 'version', id, version: Number(version) }
  const given = text.length > 80 ? `${text.slice(0, 80)}…` : text
  throw new MonogramError(
    'RECEIPT_INVALID',
    `${where}: expected receipts of events (r_…) or versions of profiles (p_…:12) with commas between them, got "${given}"`,
  )
}
