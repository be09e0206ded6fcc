import type { JsonObject } from '../../core/json.ts'

/** Small documents by which a long job (an import, a rebuild) goes on where it was interrupted. */
export interface ProgressStore {
  get(id: string): Promise<JsonObject | null>
  put(id: string, progress: JsonObject): Promise<void>
}
