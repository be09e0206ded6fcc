import { hash128 } from '../../core/hash.ts'
import { canonicalJson, type JsonValue } from '../../core/json.ts'
import type { IdentityRules } from '../../core/identity/rules.ts'
import type { IdentityStore, ProgressStore } from '../../storage/ports.ts'

const PROGRESS_ID = 'identity-rules'
const PAGE = 1_000

/**
 * When the rules are others than those of the last start, every link that joined nothing is asked again. What is joined
 * stays joined until an undo or another link concerns it. Interrupted, it begins again at the next start.
 */
export async function askAgainUnderOtherRules(
  identities: Pick<IdentityStore, 'reopenRefused'>,
  progress: ProgressStore,
  rules: IdentityRules,
): Promise<void> {
  const fingerprint = hash128(canonicalJson(rules as unknown as JsonValue))
  const last = (await progress.get(PROGRESS_ID))?.['fingerprint']
  if (last === fingerprint) return
  for (let after: string | null = null; ;) {
    after = await identities.reopenRefused(after, PAGE)
    if (after === null) break
  }
  await progress.put(PROGRESS_ID, { fingerprint })
}
