import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openConnection } from '../connection.ts'
import { migrate, MIGRATIONS } from '../migrations.ts'
import { openEmbeddedStorage } from '../open.ts'

test('what earlier versions decided stands beside each link, and links are counted', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'monogram-'))
  const file = join(dir, 'monogram.db')
  const db = openConnection(file, 'writer')
  migrate(db, { file, clock: () => 0, migrations: MIGRATIONS.slice(0, 3) })
  db.exec(`
    INSERT INTO identity_pairs (id, low, high, event, at, pending) VALUES
      ('p1', 'anonymousId:a', 'userId:u', 'e1', 1, NULL), ('p2', 'email:e', 'userId:u', 'e2', 2, NULL),
      ('p3', 'email:e', 'userId:w', 'e3', 3, NULL), ('p4', 'crm:1', 'email:e', 'e4', 4, 1);
    INSERT INTO identity_rows (key, home, profile_id, seq, since) VALUES ('email:e', 'p_e', 'p_u', 1, 2);
  `)
  const answers = [
    { pairId: 'p1', decision: { kind: 'merge', winner: 'p_u', loser: 'p_a', reason: 'older' } },
    { pairId: 'p2', decision: { kind: 'same' } },
    { pairId: 'p3', decision: { kind: 'refuse', reason: 'two-user-ids' } },
  ]
  const moves = [{ key: 'email:e', from: 'p_e', to: 'p_u', since: 2 }]
  db.prepare('INSERT INTO identity_log (n, at, done, content) VALUES (1, 9, 0, ?)').run(
    JSON.stringify({ answers, moves, losers: ['p_e'], gainers: ['p_u'] }),
  )
  db.close()

  await using storage = await openEmbeddedStorage({ dir, writer: 'inline' })
  const links = await storage.identities.listPairs(null, 10)
  expect(
    links.map(({ id, pending, first, batch, decision }) => [id, pending, first, batch, decision]),
  ).toEqual([
    ['p1', false, 1, 1, answers[0]?.decision],
    ['p2', false, 1, 1, { kind: 'same' }],
    ['p3', false, 1, 1, { kind: 'drop', key: 'email:e', reason: 'too-many-of-kind', of: 'userId' }],
    ['p4', true, null, null, null],
  ])
  expect(await storage.identities.reopenRefused(null, 10)).toBe('p3')
  const row = (await storage.identities.rows(['email:e'])).get('email:e')
  expect(row).toMatchObject({ links: 2, userLinks: 2, merges: 0 })
  // A batch that was not finished can still be: it has no undos and counts no links.
  const none = { links: 0, userLinks: 0, merges: 0 }
  expect(await storage.identities.head()).toMatchObject({
    done: false,
    undos: [],
    moves: [{ ...moves[0], ...none }],
  })
  await rm(dir, { recursive: true })
})
