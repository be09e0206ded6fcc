import type { IdentityRow, IdentityUndo, LinkRecord } from '../../core/identity/identity-log.ts'
import type { IdentityRules } from '../../core/identity/rules.ts'
import { tryRules, type RulesTrial } from '../../core/identity/try-rules.ts'
import type { IdentityStore } from '../../storage/ports.ts'

const PAGE = 1_000

/** What these rules would make of every recorded link. Writes nothing; holds the links in memory (some 500 bytes each). */
export async function dryRunRules(
  identities: Pick<IdentityStore, 'listPairs' | 'undosOfKeys' | 'rows'>,
  rules: IdentityRules,
  signal?: AbortSignal,
): Promise<RulesTrial> {
  const links: LinkRecord[] = []
  const rows = new Map<string, IdentityRow>()
  const undos = new Map<string, IdentityUndo>()
  for (let after: string | null = null; ;) {
    signal?.throwIfAborted()
    const page: LinkRecord[] = await identities.listPairs(after, PAGE)
    // Both keys of an undo stand in its link, so each is found with the page of that.
    const keys = [...new Set(page.flatMap(({ pair }) => pair))]
    for (const undo of await identities.undosOfKeys(keys)) undos.set(undo.id, undo)
    for (const row of (await identities.rows(keys)).values()) rows.set(row.key, row)
    links.push(...page)
    after = page.at(-1)?.id ?? null
    if (page.length < PAGE) break
  }

  return tryRules({ links, rows: [...rows.values()], undos: [...undos.values()] }, rules)
}
