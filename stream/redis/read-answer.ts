import type { CacheRead, CacheReadResult } from '../ports.ts'
import { tokenOf } from './token.ts'

/** What the class's version and times end with where there is no such entity. */
export const ABSENT_MARK = ' absent'

/** Reads what the script answers of one entity: lines, as it says there. Texts of fields are parts of the one that came. */
export function readAnswer(
  text: string,
  { entity, fields }: CacheRead,
  partition: number,
  epoch: string,
): CacheReadResult {
  const lines = text.split('\n')
  const token = tokenOf({ partition, epoch, number: lines[1] ?? '' })
  const result: CacheReadResult = { entry: null, token, fence: Number(lines[0]) }
  const about = lines[ABOUT]
  if (!about) return result
  const isAbsent = about.endsWith(ABSENT_MARK)
  const found: Record<string, string> = {}
  let isEmpty = true
  for (let i = 0; i < fields.length; i++) {
    const value = lines[ABOUT + 1 + i]
    if (!value) continue
    found[fields[i] as string] = value
    isEmpty = false
  }
  if (isEmpty && !isAbsent) return result
  const [version, storedAt, expiresAt] = about.split(' ')
  const times = { storedAt: Number(storedAt), expiresAt: Number(expiresAt) }
  result.entry = { id: entity.id, version: Number(version), fields: found, ...times }
  if (isAbsent) result.entry.isAbsent = true
  return result
}

/** The line of the class's version and times. */
const ABOUT = 2
