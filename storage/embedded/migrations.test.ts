import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openConnection } from './connection.ts'
import { migrate, MIGRATIONS, type Migration } from './migrations.ts'
import { openEmbeddedStorage } from './open.ts'
import type { Database } from './sqlite.ts'

let dir: string
let file: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monogram-'))
  file = join(dir, 'monogram.db')
})
afterEach(() => rm(dir, { recursive: true }))

const newest = MIGRATIONS.length
const next: Migration = { version: newest + 1, name: 'a note', sql: 'CREATE TABLE note (text TEXT)' }
const broken: Migration = { version: newest + 2, name: 'half', sql: 'CREATE TABLE half (a); nonsense' }

test('versions rise by one from 1', () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, i) => i + 1))
})

test('applies each step once and notes when', () => {
  withDatabase((db) => {
    migrate(db, { file, clock: () => 1_000 })
    migrate(db, { file, clock: () => 2_000, migrations: [...MIGRATIONS, next] })
    migrate(db, { file, clock: () => 3_000, migrations: [...MIGRATIONS, next] })
    const applied = db
      .prepare<[number, number]>('SELECT version, applied_at FROM migrations ORDER BY 1')
      .all()
    expect(applied).toEqual([...MIGRATIONS.map(({ version }) => [version, 1_000]), [next.version, 2_000]])
  })
})

test('a step that fails leaves no trace, and those before it stay', () => {
  withDatabase((db) => {
    const migrations = [...MIGRATIONS, next, broken]
    expect(() => migrate(db, { file, clock: () => 1_000, migrations })).toThrow('syntax error')
    expect(db.prepare('PRAGMA user_version').get()).toEqual([next.version])
    expect(db.prepare("SELECT name FROM sqlite_schema WHERE name IN ('note', 'half')").all()).toEqual([
      ['note'],
    ])
  })
})

test('refuses a file of a newer version, names both, and changes nothing', async () => {
  withDatabase((db) => db.exec(`PRAGMA user_version = ${newest + 5}`))
  const open = openEmbeddedStorage({ dir, writer: 'inline' })
  await expect(open).rejects.toMatchObject({ code: 'DATA_DIR_NEWER', details: { found: newest + 5, newest } })
  await expect(open).rejects.toThrow(
    `schema version ${newest + 5}; this Monogram knows versions up to ${newest}`,
  )
  withDatabase((db) => expect(db.prepare('SELECT count(*) FROM sqlite_schema').get()).toEqual([0]))
})

test('refuses a file that is no database, and says which', async () => {
  await writeFile(file, 'not a database, whatever its name says. '.repeat(100))
  const open = openEmbeddedStorage({ dir, writer: 'inline' })
  await expect(open).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
  await expect(open).rejects.toThrow(file)
})

test('refuses a folder that cannot be made', async () => {
  await writeFile(join(dir, 'taken'), '')
  const open = openEmbeddedStorage({ dir: join(dir, 'taken', 'data'), writer: 'inline' })
  await expect(open).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
})

function withDatabase(use: (db: Database) => void): void {
  const db = openConnection(file, 'writer')
  try {
    use(db)
  } finally {
    db.close()
  }
}
