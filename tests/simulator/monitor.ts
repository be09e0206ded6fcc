import type { EventKey, TrailId } from '../../core/events/event.ts'
import type { ProfileId } from '../../core/identity/identity-key.ts'
import type { IdentityBatch } from '../../core/identity/identity-log.ts'
import type { ProfileDocument } from '../../core/profile/profile.ts'
import type { ProfileWrite, TrailDocument } from '../../storage/ports.ts'
import type { Change } from '../../stream/ports.ts'

/** A promise of the event path that was broken. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

export function assure(holds: boolean, text: string): void {
  if (!holds) throw new Violation(text)
}

interface SeenTrail {
  version: number
  foldVersion: number
  applied: ReadonlySet<EventKey>
}

/** Checks every write as it takes effect, and what a consumer of the feed makes of what it is told. */
export class Monitor {
  /** The first violation: it was noticed inside a call, and must not be taken for a failure of that. */
  violation: Violation | null = null
  readonly #trails = new Map<TrailId, SeenTrail>()
  readonly #eventsAt = new Map<string, number>()
  readonly #profiles = new Map<ProfileId, ProfileDocument>()
  readonly #highestBasis = new Map<string, number>()
  readonly #batches = new Set<number>()
  readonly #told = new Map<string, number>()

  onEffect = (call: string, args: readonly unknown[], result: unknown): void => {
    try {
      this.#check(call, args, result)
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      this.violation ??= error
    }
  }

  /** The events whose effect a trail holds. */
  appliedTo(trail: TrailId): ReadonlySet<EventKey> {
    return this.#trails.get(trail)?.applied ?? new Set()
  }

  /** The newest version that the consumer of the feed knows of. */
  toldOf(entity: Change['entity'], id: string): number {
    return this.#told.get(`${entity} ${id}`) ?? 0
  }

  #check(call: string, [given]: readonly unknown[], result: unknown): void {
    if (call === 'trails.put') {
      const written = result as boolean[]
      ;(given as TrailDocument[]).forEach((trail, i) => written[i] && this.#trail(trail))
    } else if (call === 'profiles.put') {
      const written = result as boolean[]
      ;(given as ProfileWrite[]).forEach(({ profile }, i) => written[i] && this.#profile(profile))
    } else if (call === 'identities.insertBatch' && result === true) {
      const { n } = given as IdentityBatch
      assure(!this.#batches.has(n), `I5: batch ${n} of the identity log was written twice`)
      assure(n === 1 || this.#batches.has(n - 1), `I5: batch ${n} of the identity log has none before it`)
      this.#batches.add(n)
    } else if (call === 'feed.append') {
      for (const change of given as Change[]) this.#tell(change)
    }
  }

  #trail({ id, version, foldVersion, state, applied, dirty }: TrailDocument): void {
    const seen = this.#trails.get(id) ?? { version: 0, foldVersion: 0, applied: new Set<EventKey>() }
    assure(version === seen.version + 1, `I5: trail ${id} went from version ${seen.version} to ${version}`)
    assure(foldVersion >= seen.foldVersion, `trail ${id} was folded by an older fold`)
    assure(applied.length <= 64, `trail ${id} carries ${applied.length} applied entries`)
    assure(dirty, `trail ${id} was written clean`)
    const all = new Set(seen.applied)
    for (const entry of applied) {
      if (entry.version !== version || entry.parked !== undefined) continue
      assure(!all.has(entry.key), `I2: event ${entry.key} was applied twice to trail ${id}`)
      all.add(entry.key)
    }
    assure(state.events === all.size, `I2: trail ${id} counts ${state.events} events and holds ${all.size}`)
    this.#trails.set(id, { version, foldVersion, applied: all })
    this.#eventsAt.set(`${id} ${version}`, all.size)
  }

  #profile(profile: ProfileDocument): void {
    const { id, version, basis, view } = profile
    const seen = this.#profiles.get(id)
    const before = seen?.version ?? 0
    assure(
      profile.rev === (seen?.rev ?? 0) + 1,
      `I5: profile ${id} went from rev ${seen?.rev} to ${profile.rev}`,
    )
    assure(
      version === before || version === before + 1,
      `I5: profile ${id} went from ${before} to ${version}`,
    )
    assure(basis.seq >= (seen?.basis.seq ?? 0), `the identity basis of profile ${id} went backwards`)
    let events = 0
    for (const [trail, at] of Object.entries(basis.trails)) {
      const key = `${id} ${trail}`
      assure(at >= (this.#highestBasis.get(key) ?? 0), `trail ${trail} went backwards in profile ${id}`)
      this.#highestBasis.set(key, at)
      events += this.#eventsAt.get(`${trail} ${at}`) ?? 0
    }
    assure(
      view.eventCount === events,
      `I5: the basis of profile ${id} says ${events} events, it shows ${view.eventCount}`,
    )
    const userIds = view.identities.filter((key) => key.startsWith('userId:'))
    assure(userIds.length <= 1, `profile ${id} has the user ids ${userIds.join(', ')}`)
    this.#profiles.set(id, structuredClone(profile))
  }

  #tell({ entity, id, from, version }: Change): void {
    const last = this.toldOf(entity, id)
    if (version <= last) return
    assure(from <= last + 1, `I5: the feed told version ${last} of ${entity} ${id}, then ${from}`)
    this.#told.set(`${entity} ${id}`, version)
  }
}
