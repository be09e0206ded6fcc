import type { ProfileBasis, ProfileDocument, ProfileView, RollingView } from '../../core/profile/profile.ts'
import type { ProfileWrite } from '../ports.ts'
import { integer, json, text } from '../values.ts'
import type { Replacement } from './compare-and-set.ts'
import type { ProfileRow } from './documents.ts'
import { outboxEntries } from './outbox.ts'

/** One JSON text for all, so that reading a profile parses once. */
interface DocumentField {
  view: ProfileView
  rolling: RollingView['windows']
  basis: ProfileBasis
}

export function readProfile(row: ProfileRow): ProfileDocument {
  const { view, rolling, basis } = JSON.parse(row.document) as DocumentField
  return {
    id: row._id,
    rev: row.rev,
    version: row.version,
    asOf: row.asOf,
    view,
    rolling,
    basis,
    mergedInto: row.mergedInto ?? null,
    nextChangeAt: row.nextChangeAt ?? null,
    outbox: row.outbox ?? [],
    unpublished: row.unpublished ?? null,
  }
}

export function profileReplacement({ profile, terms }: ProfileWrite): Replacement {
  const { view, rolling, basis, mergedInto, nextChangeAt } = profile
  const outbox = outboxEntries(profile.outbox, 'profile.outbox')
  const [unpublished] = outboxEntries(
    profile.unpublished === null ? [] : [profile.unpublished],
    'profile.unpublished',
  )
  const optional = {
    ...(mergedInto !== null && { mergedInto: text(mergedInto, 'profile.mergedInto') }),
    ...(nextChangeAt !== null && { nextChangeAt: integer(nextChangeAt, 'profile.nextChangeAt') }),
    ...(outbox.length > 0 && { outbox }),
    ...(unpublished && { unpublished }),
  }
  const words = terms.map((term) => text(term, 'terms'))
  return {
    id: text(profile.id, 'profile.id'),
    version: integer(profile.rev, 'profile.rev'),
    set: {
      rev: profile.rev,
      version: integer(profile.version, 'profile.version'),
      asOf: integer(profile.asOf, 'profile.asOf'),
      // A tombstone is not found by search.
      terms: mergedInto === null ? words : [],
      document: json({ view, rolling, basis } satisfies DocumentField, 'profile'),
      ...optional,
    },
    unset: ['mergedInto', 'nextChangeAt', 'outbox', 'unpublished'].filter((field) => !(field in optional)),
  }
}
