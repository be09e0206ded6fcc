import { searchWords } from '../../core/profile/search-words.ts'
import type { ProfilePage } from '../../schema/models.ts'
import { badInput } from '../bad-input.ts'
import { decodeCursor, encodeCursor, pageOf, pageSize } from '../connection.ts'
import type { ProfilesContext } from './context.ts'

const MAX_WORDS = 8
const MAX_TEXT_LENGTH = 200
/** Counting further would cost more than it tells. */
const MAX_COUNTED = 1_000
const CURSOR = /^(p_[\w-]{1,100})$/

/** @throws MonogramError BAD_USER_INPUT */
export async function searchProfiles(
  {
    text,
    first,
    after,
  }: { text: string; first?: number | null | undefined; after?: string | null | undefined },
  { directory, loaders }: ProfilesContext,
): Promise<ProfilePage> {
  const prefixes = parsePrefixes(text)
  const size = pageSize(first)
  const start = after ? (decodeCursor(after, CURSOR)[1] ?? null) : null
  const ids = await findIds(directory, prefixes, start, size + 1)
  const profiles = await Promise.all(ids.map((id) => loaders.profiles.load(id)))
  // One that was merged since it was found stands in the list under its new id, or will.
  const edges = ids.flatMap((id, i) => {
    const node = profiles[i]
    return node?.id === id ? [{ cursor: encodeCursor([id]), node }] : []
  })
  const page = pageOf(edges, size, start)
  return { ...page, hasNextPage: ids.length > size, prefixes }
}

/** Null when there are more than 1,000. */
export async function countProfiles(
  prefixes: readonly string[],
  { directory }: ProfilesContext,
): Promise<number | null> {
  const ids = await findIds(directory, prefixes, null, MAX_COUNTED + 1)
  return ids.length > MAX_COUNTED ? null : ids.length
}

function findIds(
  directory: ProfilesContext['directory'],
  prefixes: readonly string[],
  after: string | null,
  limit: number,
): Promise<string[]> {
  return prefixes.length === 0 ? directory.list(after, limit) : directory.search(prefixes, after, limit)
}

function parsePrefixes(text: string): string[] {
  if (text.length > MAX_TEXT_LENGTH) {
    throw badInput(`text: expected at most ${MAX_TEXT_LENGTH} characters, got ${text.length}`)
  }
  const words = searchWords(text)
  if (words.length > MAX_WORDS)
    throw badInput(`text: expected at most ${MAX_WORDS} words, got ${words.length}`)
  return words
}
