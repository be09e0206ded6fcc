import type { EntityRead, EntityWant } from '../../gateway/cache/entity-read.ts'
import { valueOf, type Documents, type Revision } from './documents.ts'

/** A promise of the cache was broken. */
export class Violation extends Error {}

export interface ReadToCheck {
  read: EntityRead | undefined
  want: EntityWant
  /** The class of whoever asked, and the key by which the entity was looked for, null for its id. */
  asked: { of: string; key: string | null }
  /** Of each entity, below which version nothing may be served, and why: first what was told when it was asked for. */
  bounds: readonly { versions: ReadonlyMap<string, number>; why: string }[]
  /** The times, in epoch milliseconds, as of which values may be: from when it was asked for on, or when a subgraph answered since. */
  times: readonly number[]
  documents: Documents
}

/**
 * What is answered as fresh is not older than its bounds, of the entity and the class that were asked for, and all of one
 * version that there was.
 *
 * @throws Violation
 */
export function checkRead({ read, want, asked, bounds, times, documents }: ReadToCheck): void {
  if (!read) throw new Violation('a read brought nothing')
  if (read.kind === 'failed' || read.isStale) return
  if (read.kind === 'absent') return checkAbsence(want, asked.key, bounds, documents)
  const { id, version, values } = read
  if (want.id !== null && id !== want.id) throw new Violation(`asked for ${want.id}, got ${id}`)
  for (const { versions, why } of bounds) {
    const least = versions.get(id) ?? 0
    if (version < least) throw new Violation(`${id} is served at ${version}, after ${least} ${why}`)
  }
  const revision = documents.history(id).find((each) => each.version === version && each.isAlive)
  if (!revision) throw new Violation(`${id} never was at ${version}`)
  if (asked.key !== null && !revision.keys.includes(asked.key))
    throw new Violation(`${asked.key} leads to ${id}@${version}, and never did`)
  for (const [index, { key }] of want.fields.entries()) {
    const right = times.map((at) => valueOf(id, revision, { of: asked.of, key, at }))
    const value = String(values[index])
    if (!right.includes(value)) throw new Violation(`got "${value}" instead of "${right.at(-1)}"`)
  }
}

function checkAbsence(
  { id }: EntityWant,
  key: string | null,
  bounds: ReadToCheck['bounds'],
  documents: Documents,
): void {
  // Whom a look-up finds that has found nobody is not known: it is as of when it was asked for.
  if (id === null) {
    const heard = bounds[0]?.versions ?? new Map<string, number>()
    if (key === null || documents.wasNobodys(key, heard)) return
    throw new Violation(`${key} leads to nobody, and always did to somebody since all that was told`)
  }
  for (const { versions, why } of bounds) {
    const least = versions.get(id) ?? 0
    const isAbsence = ({ version, isAlive }: Revision): boolean => version >= least && !isAlive
    if (!documents.history(id).some(isAbsence))
      throw new Violation(`${id} is said to be absent, and never was since ${least} ${why}`)
  }
}
