import { MonogramError } from '../../core/errors.ts'
import { homeProfile, pairId } from '../../core/identity/identity-key.ts'
import type { LinkRecord } from '../../core/identity/identity-log.ts'
import type { UndoMerge, UndoneMerge, UndoTarget } from '../../core/identity/undo-merge.ts'
import type { Clock } from '../../platform/clock.ts'
import type { IdentityStore, ProfileStore } from '../../storage/ports.ts'
import type { IdentityLog } from './identity-log.ts'
import { MAX_LINKED } from './read-component.ts'

export interface UndoMergeOptions {
  identities: IdentityStore
  profiles: ProfileStore
  identityLog: IdentityLog
  clock: Clock
  /** Called when profiles have changed, so that their outboxes are relayed at once. */
  onUndone: () => void
}

/** How many links one request may take back. */
const MAX_LINKS = 500
/** Each attempt decides, or finds that another worker does: no more than a few are ever needed. */
const MAX_ATTEMPTS = 100

/** Whoever asks carries the log on until the undo is done: it waits for no worker, and goes before all links that wait. */
export function createUndoMerge(options: UndoMergeOptions): UndoMerge {
  const { identities, profiles, identityLog, clock, onUndone } = options
  return async (target, by) => {
    const links = await findLinks(target)
    const at = clock()
    const undos = links.map(({ id, pair }) => ({ id, pair, by, at }))
    if (!(await identityLog.canUndo(undos))) throw tooMuchLinked()
    await identities.requestUndos(undos)
    for (let attempt = 1; !(await areDone(links)); attempt++) {
      if (attempt > MAX_ATTEMPTS) throw stillDeciding()
      await identityLog.step(1)
    }
    onUndone()
    const now = await identities.pairs(links.map(({ id }) => id))
    return { links: now, profiles: await profilesOf(links) }
  }

  async function findLinks(target: UndoTarget): Promise<LinkRecord[]> {
    const links =
      target.kind === 'pair' ? await identities.pairs([pairId(target.pair)]) : await linksOfKey(target)
    if (links.length === 0) throw unknownLink(target)
    if (links.length > MAX_LINKS) throw tooManyLinks(links.length)
    return links
  }

  /** The links of the key with other keys of the profile that it is in. */
  async function linksOfKey({ key, profileId }: UndoTarget & { kind: 'key' }): Promise<LinkRecord[]> {
    const links = await identities.pairsOfKeys([key])
    const rows = await identities.rows([...new Set([key, ...links.flatMap(({ pair }) => pair)])])
    if (rows.get(key)?.profileId !== profileId) return []
    return links.filter(({ pair }) => pair.every((each) => rows.get(each)?.profileId === profileId))
  }

  async function areDone(links: readonly LinkRecord[]): Promise<boolean> {
    const undos = await identities.undosOfKeys([...new Set(links.flatMap(({ pair }) => pair))])
    const done = new Set(undos.filter(({ batch }) => batch !== null).map(({ id }) => id))
    return links.every(({ id }) => done.has(id))
  }

  async function profilesOf(links: readonly LinkRecord[]): Promise<UndoneMerge['profiles']> {
    const keys = [...new Set(links.flatMap(({ pair }) => pair))]
    const rows = await identities.rows(keys)
    const ids = new Set(keys.map((key) => rows.get(key)?.profileId ?? homeProfile(key)))
    const documents = await profiles.get([...ids])
    return [...documents.values()].map(({ id, version }) => ({ id, version }))
  }
}

function unknownLink(target: UndoTarget): MonogramError {
  const message =
    target.kind === 'pair'
      ? `no event has named ${target.pair.join(' and ')} together, so there is nothing to undo`
      : `the profile ${target.profileId} does not hold ${target.key} by any link; see its identities and merges`
  return new MonogramError('LINK_UNKNOWN', message)
}

function tooManyLinks(count: number): MonogramError {
  return new MonogramError(
    'BAD_USER_INPUT',
    `the key has ${count} links in this profile, and one request undoes at most ${MAX_LINKS}; undo them by their pairs`,
  )
}

function tooMuchLinked(): MonogramError {
  return new MonogramError(
    'BAD_USER_INPUT',
    `more than ${MAX_LINKED} links hang together with this one, which cannot be decided anew; ` +
      'set limits for the kinds that are shared (MONOGRAM_IDENTITY_RULES): an identifier beyond them connects nobody',
  )
}

function stillDeciding(): MonogramError {
  return new MonogramError(
    'OVERLOADED',
    'the undo is recorded and will be carried out; ask again in a second for the profiles',
  )
}
