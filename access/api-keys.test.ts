import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { ApiKeyRecord } from '../core/access/principal.ts'
import { formatApiKey } from '../core/access/api-key.ts'
import type { ApiKeyStore } from '../storage/ports.ts'
import { createApiKeys } from './api-keys.ts'

function setUp(pepper = 'a pepper') {
  const records = new Map<string, ApiKeyRecord>()
  const world = { now: 1_000, reads: 0, records }
  const store: ApiKeyStore = {
    get: (id) => {
      world.reads++
      return Promise.resolve(records.get(id) ?? null)
    },
    list: () => Promise.resolve([...records.values()]),
    put: (record) => Promise.resolve(void records.set(record.id, record)),
  }
  const open = (): ReturnType<typeof createApiKeys> =>
    createApiKeys({ store, pepper: Buffer.from(pepper), clock: () => world.now, randomBytes })
  return { world, store, keys: open(), open }
}

test('a new key authenticates as its name and scopes, and the store holds no secret', async () => {
  const { keys, world } = setUp()
  const created = await keys.create({ name: ' Shop ', scopes: ['read', 'ingest', 'read'] })

  expect(created.key).toMatch(/^mg_live_[0-9A-Za-z]{10}_[0-9A-Za-z]{32}_[0-9A-Za-z]{6}$/)
  expect(await keys.authenticate(created.key)).toEqual({
    kind: 'api-key',
    id: created.id,
    name: 'Shop',
    scopes: ['ingest', 'read'],
  })
  const secret = created.key.split('_')[3]
  expect(JSON.stringify([...world.records.values()])).not.toContain(secret)
  expect(JSON.stringify(await keys.list())).not.toContain('secretHmac')
})

test('a right id with another secret, and a key made under another pepper, are nobody', async () => {
  const { keys, world } = setUp()
  const { id, key } = await keys.create({ name: 'Shop', scopes: ['read'] })
  expect(await keys.authenticate(formatApiKey({ id, secret: 'x'.repeat(32) }))).toBeNull()

  const other = setUp('another pepper')
  for (const [name, record] of world.records) other.world.records.set(name, record)
  expect(await other.keys.authenticate(key)).toBeNull()
})

test('a revoked key is refused at once here, and within a second in another process', async () => {
  const { keys, open, world } = setUp()
  const { id, key } = await keys.create({ name: 'Shop', scopes: ['read'] })
  const elsewhere = open()
  await keys.authenticate(key)
  await elsewhere.authenticate(key)

  await keys.revoke(id)
  expect(await keys.authenticate(key)).toBeNull()
  world.now += 1_000
  expect(await elsewhere.authenticate(key)).toBeNull()
  expect((await keys.revoke(id)).revokedAt).toBe(1_000)
})

test('a revocation while the key is being read is not undone by what was read', async () => {
  const { store, world } = setUp()
  let release: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (release = resolve))
  let held = false
  const keys = createApiKeys({
    store: {
      ...store,
      async get(id) {
        const record = await store.get(id)
        if (held) await gate
        return record
      },
    },
    pepper: Buffer.from('p'),
    clock: () => world.now,
    randomBytes,
  })
  const { id, key } = await keys.create({ name: 'Shop', scopes: ['read'] })
  held = true
  const reading = keys.authenticate(key)
  held = false
  await keys.revoke(id)
  release()
  await reading
  expect(await keys.authenticate(key)).toBeNull()
})

test('known and unknown keys are read from the store at most once a second', async () => {
  const { keys, world } = setUp()
  const { key } = await keys.create({ name: 'Shop', scopes: ['read'] })
  const unknown = formatApiKey({ id: 'b'.repeat(10), secret: 'x'.repeat(32) })
  for (let i = 0; i < 100; i++) {
    await keys.authenticate(key)
    await keys.authenticate(unknown)
    await keys.authenticate('mg_live_typo')
  }
  expect(world.reads).toBe(2)
})

test.each([
  ['', ['read'], 'KEY_NAME_INVALID'],
  ['x'.repeat(81), ['read'], 'KEY_NAME_INVALID'],
  ['a\nb', ['read'], 'KEY_NAME_INVALID'],
  ['Shop', [], 'KEY_SCOPE_UNKNOWN'],
  ['Shop', ['read', 'write'], 'KEY_SCOPE_UNKNOWN'],
])('refuses the name %j with the scopes %j: %s', async (name, scopes, code) => {
  await expect(setUp().keys.create({ name, scopes })).rejects.toMatchObject({ code })
})

test('revoking what is not there is KEY_UNKNOWN', async () => {
  await expect(setUp().keys.revoke('nothing')).rejects.toMatchObject({ code: 'KEY_UNKNOWN' })
})

test('a key in use is read anew before its time, and nobody waits for that', async () => {
  const { keys, open, world } = setUp()
  const { id, key } = await keys.create({ name: 'Shop', scopes: ['read'] })
  const elsewhere = open()
  await elsewhere.authenticate(key)
  await keys.revoke(id)
  world.now += 600
  expect(await elsewhere.authenticate(key)).not.toBeNull()
  expect(await elsewhere.authenticate(key)).toBeNull()
})

test.each(['fails', 'does not answer'])(
  'while the store %s, keys that were read lately are believed, and no others',
  async (how) => {
    const { store, world } = setUp()
    let isBroken = false
    const keys = createApiKeys({
      store: {
        ...store,
        get: (id) => {
          if (!isBroken) return store.get(id)
          return how === 'fails' ? Promise.reject(new Error('gone')) : new Promise(() => undefined)
        },
      },
      pepper: Buffer.from('p'),
      clock: () => world.now,
      randomBytes,
      maxWaitMs: 5,
      maxBelievedMs: 60_000,
    })
    const { id, key } = await keys.create({ name: 'Shop', scopes: ['read'] })
    await keys.authenticate(key)
    isBroken = true
    world.now += 10_000
    expect(await keys.authenticate(key)).toMatchObject({ id })
    if (how === 'fails') {
      await expect(
        keys.authenticate(formatApiKey({ id: 'b'.repeat(10), secret: 'x'.repeat(32) })),
      ).rejects.toThrow('gone')
      world.now += 60_000
      await expect(keys.authenticate(key)).rejects.toThrow('gone')
      isBroken = false
      await keys.revoke(id)
      expect(await keys.authenticate(key)).toBeNull()
    }
  },
)
