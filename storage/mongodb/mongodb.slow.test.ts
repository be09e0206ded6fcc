import { afterEach, beforeEach } from 'vitest'
import { describeWithServer } from '../../tests/support/servers/describe-with-server.ts'
import { DOCUMENT_SERVER } from '../../tests/support/servers/document-server.ts'
import { createTestDatabase, type TestDatabase } from '../../tests/support/servers/test-database.ts'
import { describeStorageContract } from '../contract.ts'
import { openMongodbStorage } from './open.ts'

describeWithServer(DOCUMENT_SERVER, 'on a document server', (server) => {
  let database: TestDatabase
  beforeEach(() => {
    database = createTestDatabase(server())
  })
  afterEach(() => database[Symbol.asyncDispose]())

  describeStorageContract('mongodb', () => openMongodbStorage({ url: database.url }))
})
