import { readFile } from 'node:fs/promises'
import { MonogramError } from '../core/errors.ts'
import type { IdentityRules } from '../core/identity/rules.ts'
import { parseIdentityRules } from '../ingest/identity/parse-rules.ts'

/** The rules of a JSON file. IDENTITY_RULES_INVALID when it cannot be read, is not JSON, or has mistakes. */
export async function readIdentityRules(path: string): Promise<IdentityRules> {
  return parseIdentityRules(await readJson(path), path)
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    const problem = error instanceof SyntaxError ? `is not JSON (${error.message})` : 'cannot be read'
    throw new MonogramError('IDENTITY_RULES_INVALID', `the rules ${path} ${problem}`, { cause: error })
  }
}
