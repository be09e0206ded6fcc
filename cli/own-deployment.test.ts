import { expect, test } from 'vitest'
import { openMemoryStream } from '../stream/memory/open.ts'
import { openMemoryStorage } from '../tests/support/memory-storage.ts'
import { adoptSecret, requireOwnRedis, requireOwnStore } from './own-deployment.ts'

test('a store has one id, whoever comes first, and one secret', async () => {
  const { progress } = openMemoryStorage()
  const ids = await Promise.all([1, 2, 3].map(() => requireOwnStore(progress, 'ours')))
  expect(new Set(ids).size).toBe(1)
  expect(await requireOwnStore(progress, 'ours')).toBe(ids[0])
  await expect(requireOwnStore(progress, 'another')).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(/^MONOGRAM_SECRET: .*--new-secret/),
  })
})

test('another secret is begun with by those who say so, and the store stays the same', async () => {
  const { progress } = openMemoryStorage()
  const id = await requireOwnStore(progress, 'lost')
  await adoptSecret(progress, 'new')
  expect(await requireOwnStore(progress, 'new')).toBe(id)
  await expect(requireOwnStore(progress, 'lost')).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
})

test('a store that one process had for itself has the secret of the first deployment on it', async () => {
  const { progress } = openMemoryStorage()
  const id = await requireOwnStore(progress, null)
  expect(await requireOwnStore(progress, 'ours')).toBe(id)
  await expect(requireOwnStore(progress, 'another')).rejects.toThrow('MONOGRAM_SECRET')
})

test('of two secrets at once one is that of the store, and the other is refused', async () => {
  const { progress } = openMemoryStorage()
  await requireOwnStore(progress, null)
  const secrets = ['one', 'another']
  const begun = await Promise.allSettled(secrets.map((secret) => requireOwnStore(progress, secret)))
  expect(begun.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  const again = await Promise.allSettled(secrets.map((secret) => requireOwnStore(progress, secret)))
  expect(again).toEqual(begun)
})

test('the Redis of another deployment is refused, and what differs is named', async () => {
  await using stream = openMemoryStream({ clock: () => 1 })
  await requireOwnRedis(stream, { store: 'a', secret: 'ours' })
  await requireOwnRedis(stream, { store: null, secret: 'ours' })
  const expectRefused = (owner: { store: string | null; secret: string | null }, what: string) =>
    expect(requireOwnRedis(stream, owner)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`processes with another ${what} use this Redis`),
    })
  await expectRefused({ store: 'b', secret: 'ours' }, 'store')
  await expectRefused({ store: null, secret: 'theirs' }, 'MONOGRAM_SECRET')
})
