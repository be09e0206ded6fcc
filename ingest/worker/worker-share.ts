import type { TrailId } from '../../core/events/event.ts'

/** Steps that one worker does for all, since what they find is in no order of trails. */
export const SINGLE_STEPS = ['link', 'sweep', 'relay'] as const
export type SingleStep = (typeof SINGLE_STEPS)[number]

/** What of the common work one worker does. Workers may overlap: each write is guarded by itself. */
export interface WorkerShare {
  /** Trails with ids above `after` and below `below`; null has no bound. */
  after: TrailId | null
  below: TrailId | null
  does(step: SingleStep): boolean
}

export const WHOLE_SHARE: WorkerShare = { after: null, below: null, does: () => true }

/** The characters of ids, in order. Ids are hashes in base64url, so that each begins as many of them. */
const FIRST_CHARACTERS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
export const MAX_SHARES = FIRST_CHARACTERS.length
/** Comes after every character of an id. */
const LAST = '~'

/** Of a worker for whom no share is left: it waits for one. */
const NO_SHARE: WorkerShare = { after: LAST, below: LAST, does: () => false }

/** The share of the worker in this seat, from 0, of so many. Together the shares are all the work, and none is in two. */
export function shareOf(seat: number, workers: number): WorkerShare {
  const seats = Math.min(workers, MAX_SHARES)
  if (seats <= 1) return WHOLE_SHARE
  if (seat >= seats) return NO_SHARE
  const bound = (place: number): string | null => {
    const index = Math.floor((place * MAX_SHARES) / seats)
    return index === 0 || index === MAX_SHARES ? null : `${FIRST_CHARACTERS[index - 1] ?? ''}${LAST}`
  }
  return {
    after: bound(seat),
    below: bound(seat + 1),
    does: (step) => SINGLE_STEPS.indexOf(step) % seats === seat,
  }
}
