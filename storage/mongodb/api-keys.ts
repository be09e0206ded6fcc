import type { ApiKeyRecord, Scope } from '../../core/access/principal.ts'
import type { ApiKeyStore } from '../ports.ts'
import { integer, text } from '../values.ts'
import type { Calls } from './calls.ts'
import type { ApiKeyRow, Collections } from './documents.ts'
import { storableIds } from './ids.ts'

export function createApiKeyStore({ apiKeys }: Collections, calls: Calls): ApiKeyStore {
  return {
    get: (id) =>
      calls.run(async () => {
        const row = await apiKeys.findOne({ _id: { $in: storableIds([id]) } })
        return row ? readApiKey(row) : null
      }),
    list: () =>
      calls.run(async () => {
        const rows = await apiKeys.find().sort({ createdAt: 1, _id: 1 }).toArray()
        return rows.map(readApiKey)
      }),
    put: (record) =>
      calls.run(async () => {
        const { _id, ...fields } = apiKeyRow(record)
        await apiKeys.replaceOne({ _id }, fields, { upsert: true })
      }),
  }
}

function readApiKey({ _id, name, scopes, secretHmac, createdAt, revokedAt }: ApiKeyRow): ApiKeyRecord {
  return { id: _id, name, scopes: scopes as Scope[], secretHmac, createdAt, revokedAt }
}

function apiKeyRow(record: ApiKeyRecord): ApiKeyRow {
  return {
    _id: text(record.id, 'key.id'),
    name: text(record.name, 'key.name'),
    scopes: record.scopes.map((scope) => text(scope, 'key.scopes')),
    secretHmac: text(record.secretHmac, 'key.secretHmac'),
    createdAt: integer(record.createdAt, 'key.createdAt'),
    revokedAt: record.revokedAt === null ? null : integer(record.revokedAt, 'key.revokedAt'),
  }
}
