import type { CacheRead, CacheReadResult } from '../ports.ts'
import { fieldPrefix } from './selections.ts'
import { tokenOf } from './token.ts'

/** What a class's version and times end with: whether there is such an entity, and whose it is, to be compared when it is read. */
export function markOf(id: string, of: string, isAbsent: boolean): string {
  return ` ${isAbsent ? 'absent' : 'held'} ${fieldPrefix(of)}${id}`
}

/** Reads what the script answers of one entity: lines, as it says there. Texts of fields are parts of the one that came. */
export function readAnswer(
  text: string,
  { entity, class: of, fields }: CacheRead,
  partition: number,
  epoch: string,
): CacheReadResult {
  const lines = text.split('\n')
  const token = tokenOf({ partition, epoch, number: lines[1] ?? '' })
  const result: CacheReadResult = { entry: null, token, fence: Number(lines[0]) }
  const about = lines[ABOUT]
  if (!about) return result
  const held = numbersBefore(markOf(entity.id, of, false), about)
  const isAbsent = held === null
  // What is somebody else's is nothing, whichever way it came here.
  const numbers = held ?? numbersBefore(markOf(entity.id, of, true), about)
  if (numbers === null) return result
  const found: Record<string, string> = {}
  let isEmpty = true
  for (let i = 0; i < fields.length; i++) {
    const value = lines[ABOUT + 1 + i]
    if (!value) continue
    found[fields[i] as string] = value
    isEmpty = false
  }
  if (isEmpty && !isAbsent) return result
  const [version = 0, storedAt = 0, expiresAt = 0] = numbers
  result.entry = { id: entity.id, version, fields: found, storedAt, expiresAt }
  if (isAbsent) result.entry.isAbsent = true
  return result
}

/** Version and times of what has this mark; null for what has another one. */
function numbersBefore(mark: string, about: string): number[] | null {
  if (!about.endsWith(mark)) return null
  const numbers = about.slice(0, -mark.length).split(' ')
  return numbers.length === 3 ? numbers.map(Number) : null
}

/** The line of the class's version and times, and of whose it is. */
const ABOUT = 2
