import type {
  OutboxEntry,
  ProfileBasis,
  ProfileDocument,
  ProfileView,
  RollingView,
} from '../../core/profile/profile.ts'
import type { ProfileWrite } from '../ports.ts'
import { integer, json, text } from '../values.ts'
import { outboxColumn, readOutbox } from './outbox.ts'
import type { ProfileToPut } from './writes/profiles.ts'

export const PROFILE_COLUMNS =
  'id, rev, version, as_of, merged_into, next_change_at, outbox, unpublished, document'
export const PROFILE_TABLES = 'profiles LEFT JOIN profile_outboxes USING (id)'

export type ProfileColumns = [
  id: string,
  rev: number,
  version: number,
  asOf: number,
  mergedInto: string | null,
  nextChangeAt: number | null,
  outbox: string | null,
  unpublished: string | null,
  document: string,
]

/** One JSON text for all, so that reading a profile parses once. */
interface DocumentColumn {
  view: ProfileView
  rolling: RollingView['windows']
  basis: ProfileBasis
}

export function readProfile(row: ProfileColumns): ProfileDocument {
  const [id, rev, version, asOf, mergedInto, nextChangeAt, outbox, unpublished, document] = row
  const { view, rolling, basis } = JSON.parse(document) as DocumentColumn
  return {
    id,
    rev,
    version,
    asOf,
    view,
    rolling,
    basis,
    mergedInto,
    nextChangeAt,
    outbox: readOutbox(outbox),
    unpublished: unpublished === null ? null : (JSON.parse(unpublished) as OutboxEntry),
  }
}

export function profileToPut({ profile, terms }: ProfileWrite): ProfileToPut {
  const { view, rolling, basis } = profile
  return {
    row: [
      integer(profile.rev, 'profile.rev'),
      integer(profile.version, 'profile.version'),
      integer(profile.asOf, 'profile.asOf'),
      profile.mergedInto === null ? null : text(profile.mergedInto, 'profile.mergedInto'),
      profile.nextChangeAt === null ? null : integer(profile.nextChangeAt, 'profile.nextChangeAt'),
      profile.unpublished === null ? null : json(profile.unpublished, 'profile.unpublished'),
      // A tombstone is not found by search.
      json(profile.mergedInto === null ? terms : [], 'terms'),
      json({ view, rolling, basis } satisfies DocumentColumn, 'profile'),
      text(profile.id, 'profile.id'),
    ],
    outbox: outboxColumn(profile.outbox, 'profile.outbox'),
  }
}
