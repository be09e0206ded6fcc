import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readStaticKeys } from './static-keys.ts'

let dir: string
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), 'monogram-keys-'))))
afterAll(() => rm(dir, { recursive: true }))

async function file(content: string): Promise<string> {
  const path = join(dir, 'keys.json')
  await writeFile(path, content)
  return path
}

test('a key of the file is known by its hash, however it is shown, and no other', async () => {
  const key = 'a-long-random-text-0123456789'
  const sha256 = createHash('sha256').update(key).digest('hex')
  const authenticate = await readStaticKeys(
    await file(JSON.stringify([{ name: 'renderer', sha256: sha256.toUpperCase(), scopes: ['read'] }])),
  )
  const principal = { kind: 'api-key', id: sha256.slice(0, 10), name: 'renderer', scopes: ['read'] }
  expect(await authenticate({ authorization: `Bearer ${key}` })).toEqual(principal)
  expect(await authenticate({ apiKey: key })).toEqual(principal)
  expect(await authenticate({ apiKey: sha256 })).toBeNull()
  expect(await authenticate({})).toBeNull()
  expect(await authenticate({ cookie: 'session=a' })).toBeNull()
})

test.each([
  ['[{"name":"a","sha256":"12","scopes":["read"]}]', /0\.sha256: expected 64 hex digits/],
  [`[{"name":"a","sha256":"${'0'.repeat(64)}","scopes":["write"]}]`, /0\.scopes\.0/],
  [`[{"name":"a","key":"secret"}]`, /0/],
  ['[', /is not JSON/],
])('mistakes are named: %s', async (content, expected) => {
  await expect(readStaticKeys(await file(content))).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(expected),
  })
})
