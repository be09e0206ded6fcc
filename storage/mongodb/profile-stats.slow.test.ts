import { MongoClient } from 'mongodb'
import { expect, test } from 'vitest'
import { describeWithServer } from '../../tests/support/servers/describe-with-server.ts'
import { DOCUMENT_SERVER } from '../../tests/support/servers/document-server.ts'
import { createTestDatabase } from '../../tests/support/servers/test-database.ts'
import type { ProfileRow } from './documents.ts'
import { profileStats } from './profile-stats.ts'

describeWithServer(DOCUMENT_SERVER, 'how many profiles there are', (server) => {
  test('is exact while tombstones can be counted, and beyond that told from some of them', async () => {
    await using database = createTestDatabase(server())
    await using client = await MongoClient.connect(database.url)
    const profiles = client.db().collection<ProfileRow>('profiles')
    const rows = Array.from({ length: 400 }, (_, i) => ({
      _id: `p_${i}`,
      ...(i % 4 === 0 && { mergedInto: 'p_1' }),
    }))
    await profiles.insertMany(rows as ProfileRow[])
    expect(await profileStats(profiles)).toEqual({ profiles: 300, outbox: 0 })
    const { profiles: about } = await profileStats(profiles, 50)
    expect(about).toBeGreaterThan(250)
    expect(about).toBeLessThan(350)
  })
})
