import type { Database } from '../sqlite.ts'

export const API_KEY_COLUMNS = 'id, name, scopes, secret_hmac, created_at, revoked_at'

/** In the order of the columns. `scopes` is a JSON list. */
export type ApiKeyRow = readonly [
  id: string,
  name: string,
  scopes: string,
  secretHmac: string,
  createdAt: number,
  revokedAt: number | null,
]

export interface ApiKeyWrites {
  putApiKey(row: ApiKeyRow): null
}

export function apiKeyWrites(db: Database): ApiKeyWrites {
  const put = db.prepare(`INSERT OR REPLACE INTO api_keys (${API_KEY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`)
  return {
    putApiKey: (row) => {
      put.run(...row)
      return null
    },
  }
}
