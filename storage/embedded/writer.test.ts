import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StorageError } from '../ports.ts'
import { openConnection } from './connection.ts'
import { createInlineWriter } from './inline-writer.ts'
import { migrate } from './migrations.ts'
import type { Database } from './sqlite.ts'
import { createGroupWriter, WRITER_LIMITS, type Operation } from './writer.ts'

let dir: string
let file: string
let db: Database
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monogram-'))
  file = join(dir, 'monogram.db')
  db = openConnection(file, 'reader')
  migrate(db, { file, clock: () => 0 })
})
afterEach(async () => {
  db.close()
  await rm(dir, { recursive: true })
})

const progress = (id: string, content = '{}'): Operation => ({ name: 'putProgress', argument: [id, content] })
const stored = () => db.prepare<[string]>('SELECT id FROM progress ORDER BY id').all().flat()

test('commits all that waits in one transaction', async () => {
  const commits: string[] = []
  const open = () => watchingCommits(openConnection(file, 'writer'), commits)
  await using writer = createInlineWriter(open, WRITER_LIMITS)
  await Promise.all(['a', 'b', 'c'].map((id) => writer.run('putProgress', [id, '{}'])))
  expect(stored()).toEqual(['a', 'b', 'c'])
  expect(commits).toEqual(['COMMIT'])
})

test('a failing operation takes back its own statements and no others', () => {
  using group = closing(createGroupWriter(() => openConnection(file, 'writer')))
  const bad: Operation = {
    name: 'clearEventLinks',
    argument: ['fine', 1.5, undefined],
  }
  const half: Operation = {
    name: 'putIdentityRows',
    argument: [
      ['key', 'home', 'p', 1, 1],
      ['bad', 'home', 'p', 'no number', 1],
    ],
  }
  const outcomes = group.execute([progress('a'), half, bad, progress('b')])
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, false, true])
  expect(outcomes[1]).toMatchObject({ retryable: false })
  expect(stored()).toEqual(['a', 'b'])
  expect(db.prepare('SELECT count(*) FROM identity_rows').get()).toEqual([0])
})

test('a full disk fails the whole group, and the writer goes on by itself once there is room', () => {
  let pagesLeft = 20
  const open = (): Database => {
    const connection = openConnection(file, 'writer')
    const [pages = 0] = connection.prepare<[number]>('PRAGMA page_count').get() ?? []
    connection.exec(`PRAGMA max_page_count = ${pages + pagesLeft}`)
    return connection
  }
  using group = closing(createGroupWriter(open))
  expect(group.execute([progress('before')])).toMatchObject([{ ok: true }])

  const full = [progress('a'), progress('large', JSON.stringify('x'.repeat(200_000))), progress('b')]
  for (let attempt = 0; attempt < 2; attempt++) {
    const outcomes = group.execute(full)
    expect(outcomes).toHaveLength(3)
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ ok: false, retryable: true, message: /full/ })
    }
  }
  expect(stored()).toEqual(['before'])
  expect(group.execute([progress('small')])).toMatchObject([{ ok: true }])

  pagesLeft = 1_000
  group.execute(full)
  expect(group.execute(full)).toMatchObject([{ ok: true }, { ok: true }, { ok: true }])
  expect(stored()).toEqual(['a', 'b', 'before', 'large', 'small'])
})

test('a store that cannot be opened fails each group and is tried again with the next', () => {
  let broken = true
  using group = closing(
    createGroupWriter(() => {
      if (broken) throw Object.assign(new Error('unable to open database file'), { errcode: 14 })
      return openConnection(file, 'writer')
    }),
  )
  expect(group.execute([progress('a')])).toMatchObject([{ ok: false, retryable: true }])
  broken = false
  expect(group.execute([progress('a')])).toMatchObject([{ ok: true }])
})

test('refuses more waiting operations than its bound, at once and without effect', async () => {
  await using writer = createInlineWriter(() => openConnection(file, 'writer'), {
    maxQueuedOps: 3,
    maxGroupOps: 2,
  })
  const results = await Promise.allSettled(
    ['a', 'b', 'c', 'd'].map((id) => writer.run('putProgress', [id, '{}'])),
  )
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected'])
  const refused = (results[3] as PromiseRejectedResult).reason as StorageError
  expect(refused).toBeInstanceOf(StorageError)
  expect(refused.retryable).toBe(true)
  expect(stored()).toEqual(['a', 'b', 'c'])
  await writer.run('putProgress', ['d', '{}'])
})

function watchingCommits(connection: Database, commits: string[]): Database {
  return {
    ...connection,
    exec: (sql) => {
      if (sql === 'COMMIT') commits.push(sql)
      connection.exec(sql)
    },
  }
}

function closing<T extends { close(): void }>(resource: T): T & Disposable {
  return Object.assign(resource, { [Symbol.dispose]: () => resource.close() })
}
