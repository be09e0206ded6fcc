import { z } from 'zod'
import { MonogramError } from '../../core/errors.ts'
import { DEFAULT_IDENTITY_RULES, type IdentityRules, type KindRules } from '../../core/identity/rules.ts'

/** Of all patterns together, and of the kinds that have rules of their own. */
const MAX_PATTERNS = 1_000
const MAX_KINDS = 100

const pattern = z.string().trim().min(1).max(512)
const limit = z.int().min(0).max(1_000_000).nullable()
const kind = z
  .strictObject({
    priority: z.int().min(0).max(1_000),
    maxPerProfile: limit,
    maxUserIds: limit,
    maxLinks: limit,
    blocked: z.array(pattern).max(MAX_PATTERNS),
  })
  .partial()
const schema = z
  .strictObject({
    kinds: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/), kind),
    otherKinds: kind,
    blocked: z.array(pattern).max(MAX_PATTERNS),
    maxKeysPerProfile: z.int().min(2).max(10_000),
    maxMergesPerProfile: limit,
  })
  .partial()
  .refine(({ kinds }) => Object.keys(kinds ?? {}).length <= MAX_KINDS, `at most ${MAX_KINDS} kinds`)

/**
 * Rules from the content of a file. What it leaves out is as in the defaults: `{ "kinds": { "email": { "maxUserIds": 1 } } }`.
 * @throws MonogramError IDENTITY_RULES_INVALID that lists every mistake
 */
export function parseIdentityRules(content: unknown, source: string): IdentityRules {
  const parsed = schema.safeParse(content)
  if (!parsed.success) {
    const mistakes = parsed.error.issues.map(
      ({ path, message }) => `${source}: ${path.join('.') || 'rules'}: ${message}`,
    )
    throw new MonogramError('IDENTITY_RULES_INVALID', mistakes.join('\n'))
  }
  const { kinds = {}, otherKinds = {}, ...rest } = withoutAbsent(parsed.data)
  const defaults = DEFAULT_IDENTITY_RULES
  const others: KindRules = { ...defaults.otherKinds, ...withoutAbsent(otherKinds) }
  const named = new Set([...Object.keys(defaults.kinds), ...Object.keys(kinds)])
  return {
    ...defaults,
    ...rest,
    otherKinds: others,
    kinds: Object.fromEntries(
      [...named].map((name) => [
        name,
        { ...(defaults.kinds[name] ?? others), ...withoutAbsent(kinds[name] ?? {}) },
      ]),
    ),
  }
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function withoutAbsent<T extends object>(given: T): Present<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Present<T>
}
