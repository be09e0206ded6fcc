import type { ApiKeyRecord, Scope } from '../../core/access/principal.ts'
import type { ApiKeyStore } from '../ports.ts'
import { integer, json, text } from '../values.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'
import { API_KEY_COLUMNS as COLUMNS, type ApiKeyRow } from './writes/api-keys.ts'

export function createApiKeyStore(reader: Reader, writer: Writer): ApiKeyStore {
  const byId = reader.prepare<ApiKeyRow>(`SELECT ${COLUMNS} FROM api_keys WHERE id = ?`)
  const all = reader.prepare<ApiKeyRow>(`SELECT ${COLUMNS} FROM api_keys ORDER BY created_at, id`)

  return {
    get: async (id) => {
      const row = byId.get(id)
      return row ? readApiKey(row) : null
    },
    list: async () => all.all().map(readApiKey),
    put: async (record) => {
      await writer.run('putApiKey', apiKeyRow(record))
    },
  }
}

function readApiKey([id, name, scopes, secretHmac, createdAt, revokedAt]: ApiKeyRow): ApiKeyRecord {
  return { id, name, scopes: JSON.parse(scopes) as Scope[], secretHmac, createdAt, revokedAt }
}

function apiKeyRow(record: ApiKeyRecord): ApiKeyRow {
  return [
    text(record.id, 'key.id'),
    text(record.name, 'key.name'),
    json(
      record.scopes.map((scope) => text(scope, 'key.scopes')),
      'key.scopes',
    ),
    text(record.secretHmac, 'key.secretHmac'),
    integer(record.createdAt, 'key.createdAt'),
    record.revokedAt === null ? null : integer(record.revokedAt, 'key.revokedAt'),
  ]
}
