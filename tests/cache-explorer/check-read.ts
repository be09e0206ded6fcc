import type { EntityRead, EntityWant } from '../../gateway/cache/entity-read.ts'
import type { Documents } from './documents.ts'

/** A promise of the cache was broken. */
export class Violation extends Error {}

export interface ReadToCheck {
  read: EntityRead | undefined
  want: EntityWant
  /** The class of whoever asked. */
  asked: string
  /** What the process had been told when it was asked. */
  told: ReadonlyMap<string, number>
  documents: Documents
}

/**
 * What is answered as fresh is not older than what its process had been told, of the entity and the class that were asked
 * for, and all of one version that there was.
 *
 * @throws Violation
 */
export function checkRead({ read, want, asked, told, documents }: ReadToCheck): void {
  if (!read) throw new Violation('a read brought nothing')
  if (read.kind === 'failed' || read.isStale) return
  if (read.kind === 'absent') {
    if (want.id === null) return
    const least = told.get(want.id) ?? 0
    const wasAbsent = documents.history(want.id).some(({ version, isAlive }) => version >= least && !isAlive)
    if (!wasAbsent) throw new Violation(`${want.id} is said to be absent, and never was since ${least}`)
    return
  }
  const { id, version, values } = read
  if (want.id !== null && id !== want.id) throw new Violation(`asked for ${want.id}, got ${id}`)
  if (version < (told.get(id) ?? 0)) {
    throw new Violation(`${id} is served at ${version}, after ${told.get(id)} was told`)
  }
  const revision = documents.history(id).find((each) => each.version === version && each.isAlive)
  if (!revision) throw new Violation(`${id} never was at ${version}`)
  for (const [index, { key }] of want.fields.entries()) {
    const right = `${id}@${version} for ${asked}: ${key}`
    if (values[index] !== right) throw new Violation(`got "${String(values[index])}" instead of "${right}"`)
  }
}
