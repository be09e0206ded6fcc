import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ERRORS } from './errors.ts'

test('docs/errors.md describes every code of the catalogue, with its status and meaning, and no other', () => {
  const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `([A-Z_]+)`\s*\| (\d+)\s*\| (.+?)\s*\| (.+?)\s*\|$/gm)]
  expect(rows.map(([, code, status, text]) => [code, Number(status), text])).toEqual(
    Object.entries(ERRORS).map(([code, { status, text }]) => [code, status, text]),
  )
})
