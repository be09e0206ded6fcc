import { createStateHash } from '../core/state-hash.ts'
import type { ProfileStore } from '../storage/ports.ts'

const PAGE = 200

/** The hash of what all profiles say (core/state-hash.ts), read in pages. Only meaningful while nothing is written. */
export async function hashState(
  profiles: Pick<ProfileStore, 'get' | 'list'>,
): Promise<{ hash: string; profiles: number }> {
  const hash = createStateHash()
  let count = 0
  for (let page = await profiles.list(null, PAGE); page.length > 0;) {
    const found = await profiles.get(page)
    for (const id of page) {
      const profile = found.get(id)
      if (!profile) continue
      hash.add(profile)
      count++
    }
    page = await profiles.list(page.at(-1) ?? null, PAGE)
  }
  return { hash: hash.digest(), profiles: count }
}
