import type { JsonObject } from '../../core/json.ts'
import type { ProgressStore } from '../ports.ts'
import { json, text } from '../values.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

export function createProgressStore(reader: Reader, writer: Writer): ProgressStore {
  const byId = reader.prepare<[content: string]>('SELECT content FROM progress WHERE id = ?')
  return {
    get: async (id) => {
      const row = byId.get(id)
      return row ? (JSON.parse(row[0]) as JsonObject) : null
    },
    put: async (id, progress) => {
      await writer.run('putProgress', [text(id, 'progress.id'), json(progress, 'progress')])
    },
    putIfAbsent: async (id, progress) => {
      const row = [text(id, 'progress.id'), json(progress, 'progress')] as const
      return JSON.parse(await writer.run('putProgressIfAbsent', row)) as JsonObject
    },
  }
}
