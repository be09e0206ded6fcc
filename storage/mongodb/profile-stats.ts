import type { Collection } from 'mongodb'
import type { ProfileStore } from '../ports.ts'
import type { ProfileRow } from './documents.ts'
import { MAX_COUNTED } from './ids.ts'

/** How many profiles there are, and how many wait to be told: no question takes longer the more people there are. */
export async function profileStats(
  profiles: Collection<ProfileRow>,
  maxCounted = MAX_COUNTED,
): ReturnType<ProfileStore['stats']> {
  const limit = { limit: maxCounted }
  const [all, merged, outbox] = await Promise.all([
    profiles.estimatedDocumentCount(),
    profiles.countDocuments({ mergedInto: { $exists: true } }, limit),
    profiles.countDocuments({ outbox: { $exists: true } }, limit),
  ])
  const alive = merged < maxCounted ? all - merged : Math.round(all * (await shareOfLiving(profiles)))
  return { profiles: alive, outbox }
}

/** Of profiles and tombstones, seen from some of them. */
async function shareOfLiving(profiles: Collection<ProfileRow>): Promise<number> {
  const some = await profiles
    .aggregate<Pick<ProfileRow, 'mergedInto'>>([
      { $sample: { size: SAMPLE } },
      { $project: { _id: 0, mergedInto: 1 } },
    ])
    .toArray()
  return some.filter(({ mergedInto }) => mergedInto === undefined).length / Math.max(1, some.length)
}

/** So many tell a share to some two in a hundred. */
const SAMPLE = 2_000
