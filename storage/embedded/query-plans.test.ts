import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createApiKeyStore } from './api-keys.ts'
import { openConnection } from './connection.ts'
import { createEventStore } from './events.ts'
import { createIdentityStore } from './identities.ts'
import { createInlineWriter } from './inline-writer.ts'
import { migrate } from './migrations.ts'
import { createProductStore } from './products.ts'
import { createProfileStore } from './profiles.ts'
import { createProgressStore } from './progress.ts'
import { createSealedPurchaseStore } from './sealed-purchases.ts'
import type { Columns, Database } from './sqlite.ts'
import { createReader } from './reader.ts'
import { createTrailStore } from './trails.ts'
import { WRITER_LIMITS } from './writer.ts'

/** A step that goes through rows one by one, but for those of a partial index: they are the ones that are wanted. */
const FULL_SCAN =
  /^SCAN (e|b|p|events|event_bodies|trails|profiles|profile_terms|identity_rows|identity_pairs|products|trail_bases|sealed_purchases)\b/
const PARTIAL_INDEX = /_(pending|parked|unlinked|unpublished|due|merged)$/

test('no read but a count goes through a whole table', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'monogram-'))
  const file = join(dir, 'monogram.db')
  const db = openConnection(file, 'writer')
  migrate(db, { file, clock: () => 0 })
  const statements: string[] = []
  const reader = createReader(recording(db, statements))
  await using writer = createInlineWriter(() => openConnection(file, 'writer'), WRITER_LIMITS)
  createEventStore(reader, writer)
  createTrailStore(reader, writer)
  createProfileStore(reader, writer)
  createIdentityStore(reader, writer)
  createProductStore(reader, writer)
  createSealedPurchaseStore(reader, writer)
  createApiKeyStore(reader, writer)
  createProgressStore(reader, writer)

  expect(statements.length).toBeGreaterThan(25)
  const scans = statements
    .filter((sql) => !/^\s*SELECT (\(SELECT )?count/.test(sql))
    .flatMap((sql) => plan(db, sql).map((step) => ({ step, sql })))
    .filter(({ step }) => FULL_SCAN.test(step) && !PARTIAL_INDEX.test(step))
  expect(scans).toEqual([])

  reader.close()
  await rm(dir, { recursive: true })
})

function recording(db: Database, statements: string[]): Database {
  return {
    ...db,
    prepare: <Row extends Columns>(sql: string) => {
      statements.push(sql)
      return db.prepare<Row>(sql)
    },
  }
}

/** Parameters may stay unbound in a plan; the strict layer counts them, so they are written out as NULL. */
function plan(db: Database, sql: string): string[] {
  const steps = db.prepare<[number, number, number, string]>(
    `EXPLAIN QUERY PLAN ${sql.replaceAll(/\?\d*/g, 'NULL')}`,
  )
  return steps.all().map(([, , , detail]) => detail)
}
