import { decideAnew } from '../../core/identity/decide-anew.ts'
import {
  decideLinks,
  refuseLink,
  type KnownKeys,
  type LinkDecisions,
} from '../../core/identity/decide-links.ts'
import { homeProfile } from '../../core/identity/identity-key.ts'
import type { IdentityBatch, IdentityUndo, LinkRecord } from '../../core/identity/identity-log.ts'
import type { IdentityRules } from '../../core/identity/rules.ts'
import type { Clock } from '../../platform/clock.ts'
import type { IdentityStore } from '../../storage/ports.ts'
import type { Materialise } from '../materialise.ts'
import { MAX_LINKED, readComponent } from './read-component.ts'

export interface IdentityLogOptions {
  identities: IdentityStore
  materialise: Materialise
  rules: IdentityRules
  clock: Clock
  /** Links that are decided anew together; what would need more is refused. */
  maxLinked?: number
}

export interface IdentityLog {
  /**
   * Finishes the newest batch when it is not done, then decides: the undos that wait, or else up to `limit` pending
   * pairs. Any worker may call it at any time.
   */
  step(limit: number): Promise<{ decided: number; finished: boolean }>
  /** Whether so little is linked with these that they can be decided anew. */
  canUndo(undos: readonly IdentityUndo[]): Promise<boolean>
}

const MAX_UNDOS = 500

/** The one total order of decisions about who is who: batch n exists once, and is finished before n + 1 is decided. */
export function createIdentityLog(options: IdentityLogOptions): IdentityLog {
  const { identities, materialise, rules, clock, maxLinked = MAX_LINKED } = options
  return {
    canUndo: async (undos) =>
      (await readComponent(identities, { undos, link: null }, rules, maxLinked)) !== null,
    async step(limit) {
      const head = await identities.head()
      const unfinished = head !== null && !head.done
      if (unfinished) await finish(head)

      const decisions = await decide(limit)
      if (!decisions) return { decided: 0, finished: unfinished }
      const batch: IdentityBatch = { n: (head?.n ?? 0) + 1, at: clock(), done: false, ...decisions }
      const inserted = await identities.insertBatch(batch)
      if (inserted) await finish(batch)
      return { decided: inserted ? batch.answers.length + batch.undos.length : 0, finished: unfinished }
    },
  }

  /** What waits is read after the head: what another worker decides meanwhile makes this batch's number taken. */
  async function decide(limit: number): Promise<(LinkDecisions & { undos: IdentityUndo[] }) | null> {
    const undos = await identities.findPendingUndos(MAX_UNDOS)
    if (undos.length > 0) return decideUndos(undos)
    const links = await identities.findPendingPairs(limit)
    if (links.length === 0) return null
    const { stoppedAt, ...decisions } = await decideNew(links)
    if (decisions.answers.length > 0 || !stoppedAt) return { undos: [], ...decisions }
    const component = await readComponent(identities, { undos: [], link: stoppedAt }, rules, maxLinked)
    if (component) return { undos: [], ...decideAnew(component, rules) }
    return { undos: [], ...refuseLink(stoppedAt, await knownKeys([stoppedAt])) }
  }

  /**
   * All together, else the first alone, which was not too much when it was asked for. Should it have become so by now, it
   * holds for what is decided from now on.
   */
  async function decideUndos(all: IdentityUndo[]): Promise<LinkDecisions & { undos: IdentityUndo[] }> {
    for (const undos of [all, all.slice(0, 1)]) {
      const component = await readComponent(identities, { undos, link: null }, rules, 2 * maxLinked)
      if (component) return { undos, ...decideAnew(component, rules) }
    }
    return { undos: all.slice(0, 1), answers: [], moves: [], losers: [], gainers: [] }
  }

  async function decideNew(links: readonly LinkRecord[]): Promise<ReturnType<typeof decideLinks>> {
    return decideLinks(links, await knownKeys(links), rules)
  }

  async function knownKeys(links: readonly LinkRecord[]): Promise<KnownKeys> {
    const keys = [...new Set(links.flatMap((link) => link.pair))]
    const rows = await identities.rows(keys)
    const profiles = new Set(keys.map((key) => rows.get(key)?.profileId ?? homeProfile(key)))
    for (const row of await identities.rowsOfProfiles([...profiles])) rows.set(row.key, row)
    const undos = (await identities.undosOfKeys([...new Set([...keys, ...rows.keys()])])).filter(
      ({ batch }) => batch !== null,
    )
    return { rows: rows.values(), undos }
  }

  /** Safe to repeat, and for several workers at once: each row change is conditional on the row's sequence. */
  async function finish(batch: IdentityBatch): Promise<void> {
    await identities.putRows(
      batch.moves.map(({ key, to, since, links, userLinks, merges }) => ({
        key,
        home: homeProfile(key),
        profileId: to,
        seq: batch.n,
        since,
        links,
        userLinks,
        merges,
      })),
    )
    // Who loses a key is written first, so that no trail is ever missing from both.
    await materialise(batch.losers)
    await materialise(batch.gainers)
    await identities.settlePairs(batch.n, batch.answers)
    await identities.settleUndos(
      batch.n,
      batch.undos.map(({ id }) => id),
    )
    await identities.setBatchDone(batch.n)
  }
}
