import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadSecrets } from './secret.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monogram-secret-'))
})
afterEach(() => rm(dir, { recursive: true }))

test('the first start creates a secret that only its user can read, and later ones keep it', async () => {
  const dataDir = join(dir, 'data')
  const created = await Promise.all(
    [1, 2, 3].map(() => loadSecrets({ configured: null, internal: null, dataDir })),
  )
  const later = await loadSecrets({ configured: null, internal: null, dataDir })
  expect(created).toEqual([later, later, later])
  expect((await stat(join(dataDir, 'secret'))).mode & 0o777).toBe(0o600)
  expect((await readFile(join(dataDir, 'secret'), 'utf8')).trim()).toHaveLength(43)
})

test('a configured secret is used as it is, and each purpose has a key of its own', async () => {
  const secrets = await loadSecrets({
    configured: 'a secret of some length',
    internal: null,
    dataDir: join(dir, 'none'),
  })
  expect(secrets.apiKeyPepper).not.toEqual(secrets.sessionKey)
  await expect(stat(join(dir, 'none'))).rejects.toThrow('ENOENT')
})

test('a data folder that cannot be had is a mistake of the configuration', async () => {
  const file = join(dir, 'a file')
  await writeFile(file, '')
  await expect(
    loadSecrets({ configured: null, dataDir: join(file, 'data'), internal: null }),
  ).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(/^MONOGRAM_DATA_DIR: .*a file.data \(ENOTDIR\)$/),
  })
})
