import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { createImportWorld } from '../../tests/support/import-world.ts'

const track = (fields: object): string => JSON.stringify({ type: 'track', event: 'Seen', ...fields })

test('imports a line each, packed or not, gives ids to those without, and knows them again', async () => {
  await using world = await createImportWorld()
  const lines = [track({ messageId: 'm1', userId: 'ada' }), '', track({ userId: 'bob' })].join('\n')
  const plain = await world.write('events.ndjson', lines)
  const packed = await world.write('events.ndjson.gz', gzipSync(`${lines}\n`))

  expect(await world.run({ path: plain, source: 'crm' })).toMatchObject({
    source: 'import:crm',
    rows: 2,
    events: { stored: 2 },
  })
  expect([...world.events.keys()]).toEqual([
    'import:crm m1',
    expect.stringMatching(/^import:crm import-[\w-]{22}$/),
  ])
  expect(await world.run({ path: packed, source: 'crm' })).toMatchObject({
    events: { stored: 0, duplicate: 2 },
  })
})

test('lines that are no JSON, too long, or refused are told of by their number', async () => {
  await using world = await createImportWorld()
  const path = await world.write(
    'events.ndjson',
    [
      track({ messageId: 'm1', userId: 'ada' }),
      '{broken',
      track({ messageId: 'm2', userId: 'x'.repeat(600_000) }),
      track({ messageId: 'm3' }),
      '[]',
    ].join('\r\n'),
  )
  const summary = await world.run({ path })
  expect(summary).toMatchObject({ rows: 5, events: { stored: 1, rejected: 4 }, rejectedRows: 4 })
  expect((await world.rejected()).toSorted((a, b) => a.line - b.line)).toMatchObject([
    { line: 2, code: 'IMPORT_ROW_INVALID', row: '{broken' },
    { line: 3, code: 'EVENT_TOO_LARGE' },
    { line: 4, code: 'EVENT_NO_IDENTITY', row: { messageId: 'm3' } },
    { line: 5, code: 'EVENT_NO_IDENTITY' },
  ])
})

test('a CSV file without a mapping is told what it needs', async () => {
  await using world = await createImportWorld()
  const path = await world.write('orders.csv', 'a,b\n1,2\n')
  await expect(world.run({ path })).rejects.toMatchObject({
    code: 'IMPORT_MAPPING_INVALID',
    message: expect.stringContaining('--mapping'),
  })
})

test('of a file that is cut short what stands before stays, and the whole file goes on from there', async () => {
  await using world = await createImportWorld()
  const lines = Array.from({ length: 30_000 }, (_, i) =>
    track({ messageId: `m${i}`, userId: `u${(i * 7919) % 977}` }),
  )
  const whole = gzipSync(lines.join('\n'))
  const path = await world.write('events.ndjson.gz', whole.subarray(0, whole.length - 5_000))
  await expect(world.run({ path })).rejects.toMatchObject({
    code: 'IMPORT_FILE_UNREADABLE',
    message: expect.stringMatching(/cut short; up to line \d+ everything has been imported/),
  })
  const before = world.events.size
  expect(before).toBeGreaterThan(1_000)

  await world.write('events.ndjson.gz', whole)
  const summary = await world.run({ path })
  expect(summary.events).toEqual({ stored: 30_000 - before, duplicate: before, conflict: 0, rejected: 0 })
})

test('an interrupted import takes only what lies behind its last checkpoint', async () => {
  await using world = await createImportWorld()
  const lines = Array.from({ length: 50_000 }, (_, i) => track({ messageId: `m${i}`, userId: 'ada' }))
  const path = await world.write('events.ndjson', lines.join('\n'))
  const stop = new AbortController()
  const interrupted = world.run({
    path,
    signal: stop.signal,
    onProgress: ({ rows }) => {
      if (rows > 30_000) stop.abort()
    },
  })
  await expect(interrupted).rejects.toMatchObject({ code: 'IMPORT_INTERRUPTED' })
  const before = world.accepted

  const summary = await world.run({ path })
  expect(summary).toMatchObject({ resumed: true, rows: 50_000 })
  expect(world.events.size).toBe(50_000)
  expect(world.accepted - before).toBeLessThanOrEqual(30_000)
})
