import type { ApiKeyRecord } from '../../core/access/principal.ts'

export interface ApiKeyStore {
  get(id: string): Promise<ApiKeyRecord | null>
  list(): Promise<ApiKeyRecord[]>
  /** Inserts or replaces. */
  put(record: ApiKeyRecord): Promise<void>
}
