import { UNSAFE_TEXT } from '../../core/identity/identity-value.ts'
import type { ProfileDocument } from '../../core/profile/profile.ts'
import type { Loaders } from '../../loaders/create-loaders.ts'
import type { EventPage } from '../../schema/models.ts'
import type { EventPosition } from '../../storage/ports.ts'
import { badInput, boundedList } from '../bad-input.ts'
import { decodeCursor, encodeCursor, pageOf, pageSize } from '../connection.ts'

const MAX_TYPES = 20
const MAX_TYPE_LENGTH = 200
/** Time and key of the event. */
const CURSOR = /^(\d{1,15}),([\w-]{1,100})$/

export interface EventPageArgs {
  types?: readonly string[] | null | undefined
  first?: number | null | undefined
  after?: string | null | undefined
}

/**
 * The newest events of the trails that the profile was combined from, or those that follow the cursor.
 * @throws MonogramError BAD_USER_INPUT
 */
export async function loadEventPage(
  profile: ProfileDocument,
  { types, first, after }: EventPageArgs,
  { eventLists }: Loaders,
): Promise<EventPage> {
  const trails = Object.keys(profile.basis.trails)
  const names = parseTypes(types)
  const size = pageSize(first)
  const before = after ? parsePosition(after) : null
  const events = await eventLists.load({ trails, query: { names, before, limit: size + 1 } })
  const edges = events.map((node) => ({ cursor: encodeCursor([node.time, node.key]), node }))
  return { ...pageOf(edges, size, after ?? null), trails, names }
}

function parseTypes(types: readonly string[] | null | undefined): readonly string[] | null {
  if (!types || types.length === 0) return null
  for (const type of boundedList('types', types, MAX_TYPES)) {
    if (type.length > MAX_TYPE_LENGTH || UNSAFE_TEXT.test(type)) {
      throw badInput(`types: expected names of events, at most ${MAX_TYPE_LENGTH} characters each`)
    }
  }
  return types
}

function parsePosition(cursor: string): EventPosition {
  const [, time = '', key = ''] = decodeCursor(cursor, CURSOR)
  return { time: Number(time), key }
}
