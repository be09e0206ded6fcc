import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openConnection } from '../connection.ts'
import { migrate, MIGRATIONS } from '../migrations.ts'
import { openEmbeddedStorage } from '../open.ts'

test('what waited to be materialised or told still waits', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'monogram-'))
  const file = join(dir, 'monogram.db')
  const db = openConnection(file, 'writer')
  migrate(db, { file, clock: () => 0, migrations: MIGRATIONS.slice(0, 6) })
  const entry = { from: 2, version: 2, changed: [], at: 9 }
  const document = JSON.stringify({ view: {}, rolling: {}, basis: { seq: 0, trails: {} } })
  db.exec(`
    INSERT INTO trails (id, identity, home, version, dirty, applied, state) VALUES
      ('t1', 'userId:a', 'p_a', 3, 1, '[]', '{}'), ('t2', 'userId:b', 'p_b', 1, NULL, '[]', '{}');
    INSERT INTO profiles (id, rev, version, as_of, outbox, terms, document) VALUES
      ('p_a', 1, 1, 5, NULL, '[]', '${document}'), ('p_b', 4, 2, 9, '${JSON.stringify([entry])}', '[]', '${document}');
    INSERT INTO products (id, rev, version, as_of, outbox, state) VALUES
      ('mug', 1, 2, 9, '${JSON.stringify([entry])}', '{}'), ('cup', 1, 1, 9, NULL, '{}');
  `)
  db.close()

  await using storage = await openEmbeddedStorage({ dir, writer: 'inline' })
  const { trails, profiles, products } = storage
  const found = await trails.get(['t1', 't2'])
  expect([...found.values()].map(({ id, version, dirty }) => [id, version, dirty])).toEqual([
    ['t1', 3, true],
    ['t2', 1, false],
  ])
  expect(await trails.findDirty(null, 10)).toEqual([{ id: 't1', identity: 'userId:a', home: 'p_a' }])
  expect(await profiles.findOutbox(null, 10)).toEqual([{ id: 'p_b', mergedInto: null, outbox: [entry] }])
  expect((await profiles.get(['p_a'])).get('p_a')?.outbox).toEqual([])
  expect(await products.findOutbox(null, 10)).toEqual([{ id: 'mug', outbox: [entry] }])
  expect((await products.list(null, 10)).map(({ id, outbox }) => [id, outbox.length])).toEqual([
    ['cup', 0],
    ['mug', 1],
  ])
  await rm(dir, { recursive: true })
})
