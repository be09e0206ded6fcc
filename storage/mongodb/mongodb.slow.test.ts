import { randomUUID } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { afterEach, beforeEach } from 'vitest'
import { describeWithServer } from '../../tests/support/servers/describe-with-server.ts'
import { DOCUMENT_SERVER } from '../../tests/support/servers/document-server.ts'
import { describeStorageContract } from '../contract.ts'
import { openMongodbStorage } from './open.ts'

describeWithServer(DOCUMENT_SERVER, 'on a document server', (server) => {
  let url: string
  beforeEach(() => {
    const database = `monogram_test_${randomUUID().slice(0, 8)}`
    url = `${server().url}/${database}`
  })
  afterEach(async () => {
    await using client = await MongoClient.connect(url)
    await client.db().dropDatabase()
  })

  describeStorageContract('mongodb', () => openMongodbStorage({ url }))
})
