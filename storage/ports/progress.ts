import type { JsonObject } from '../../core/json.ts'

/** Small documents by which a long job (an import, a rebuild) goes on where it was interrupted. */
export interface ProgressStore {
  get(id: string): Promise<JsonObject | null>
  put(id: string, progress: JsonObject): Promise<void>
  /** Puts it where there is none; resolves with what is there then. Of many at once, one puts and all get the same. */
  putIfAbsent(id: string, progress: JsonObject): Promise<JsonObject>
}
