import { createConnection } from './connection.ts'
import { MIGRATIONS, readSchemaVersion } from './migrations.ts'
import { unusable } from './failures.ts'

/** `MongoDB 7.0.5, database monogram, schema version 1 of 1`. Changes nothing. */
export async function describeDatabase(url: string): Promise<string> {
  const { client, db } = createConnection(url)
  try {
    await client.connect()
    const { version } = (await db.admin().command({ buildInfo: 1 })) as { version?: string }
    const schema = await readSchemaVersion(db)
    const newest = MIGRATIONS.at(-1)?.version ?? 0
    return `MongoDB ${version ?? 'of an unknown version'}, database ${db.databaseName}, schema version ${schema} of ${newest}`
  } catch (error) {
    throw unusable(error)
  } finally {
    await client.close()
  }
}
