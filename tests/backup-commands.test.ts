import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createKey, runMonogram, startMonogram, temporaryFolder } from '../bench/support/monogram-process.ts'
import { graph } from './support/graph.ts'

const NORMALISE = {
  MONOGRAM_COUNTRY: 'GB',
  MONOGRAM_LOOKUPS: JSON.stringify({ bench: { country: { England: 'GB' } } }),
}

const batch = Array.from({ length: 40 }, (_, i) => ({
  type: i % 2 === 0 ? 'identify' : 'track',
  event: 'Product Viewed',
  userId: `user-${i % 5}`,
  messageId: `m-${i}`,
  ...(i % 2 === 0
    ? { traits: { phone: `020 7946 095${i % 5}`, country: 'England', locale: '?' } }
    : { properties: { product_id: `p-${i}` }, timestamp: '2001-01-01T00:00:00Z' }),
}))

test('a backup of a running server, restored elsewhere, answers the same to the same keys', async () => {
  const folder = temporaryFolder()
  const target = join(folder, 'monday')
  const restored = join(folder, 'restored')
  try {
    await using server = await startMonogram({ env: NORMALISE })
    const key = await createKey(server.dataDir, ['ingest', 'read'])
    const send = (events: unknown) =>
      fetch(`${server.url}/v1/batch`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` },
        body: JSON.stringify({ batch: events }),
      })
    expect((await send(batch)).status).toBe(200)
    expect((await send([{ ...batch[1], properties: { product_id: 'another' } }])).status).toBe(200)
    const hash = await stateHash(server.dataDir)
    const metrics = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${key}` } })
    const told = await metrics.text()
    expect(told).toContain('monogram_events_total{outcome="stored"} 40')
    expect(told).toContain('monogram_events_total{outcome="conflict"} 1')
    expect(told).toContain('monogram_event_lag_seconds 0')

    expect(await runMonogram(['backup', target], { dataDir: server.dataDir })).toMatchObject({ code: 0 })
    expect(await runMonogram(['backup', target], { dataDir: server.dataDir })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('BACKUP_TARGET_EXISTS') as unknown,
    })
    expect(await runMonogram(['restore', target], { dataDir: server.dataDir })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('DATA_DIR_NOT_EMPTY') as unknown,
    })
    expect(await runMonogram(['restore', target], { dataDir: restored })).toMatchObject({ code: 0 })
    expect(await stateHash(restored)).toBe(hash)

    await using again = await startMonogram({ dataDir: restored, env: NORMALISE })
    const query = `{
      profile(by: { kind: "phone", value: "020 79460951" }) {
        lagMs
        traits(keys: ["phone", "country", "locale"])
        conflicts { body event { properties late } }
        events(first: 1, types: ["identify"]) { edges { node { unnormalised } } }
      }
    }`
    expect(await graph(again.url, key, query)).toEqual({
      data: {
        profile: {
          lagMs: 0,
          traits: { phone: '+442079460951', country: 'GB', locale: '?' },
          conflicts: [
            {
              body: expect.objectContaining({ properties: { product_id: 'another' } }) as unknown,
              event: { properties: { product_id: 'p-1' }, late: true },
            },
          ],
          events: { edges: [{ node: { unnormalised: ['traits.locale'] } }] },
        },
      },
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a backup in which a byte has changed is not restored', async () => {
  const folder = temporaryFolder()
  const [dataDir, target, restored] = ['data', 'backup', 'restored'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  try {
    await createKey(dataDir, ['read'])
    expect(await runMonogram(['backup', target], { dataDir })).toMatchObject({ code: 0 })
    const file = join(target, 'monogram.db')
    const bytes = await readFile(file)
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    await writeFile(file, bytes)
    const { code, stderr } = await runMonogram(['restore', target], { dataDir: restored })
    expect([code, stderr]).toEqual([1, expect.stringContaining('BACKUP_INVALID')])
  } finally {
    await rm(folder, { recursive: true })
  }
})

async function stateHash(dataDir: string): Promise<string> {
  const { code, stdout, stderr } = await runMonogram(['status', '--state-hash', '--json'], { dataDir })
  if (code !== 0) throw new Error(stderr)
  return (JSON.parse(stdout) as { stateHash: string }).stateHash
}
