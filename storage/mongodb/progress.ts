import type { JsonObject } from '../../core/json.ts'
import type { ProgressStore } from '../ports.ts'
import { json, text } from '../values.ts'
import type { Calls } from './calls.ts'
import type { Collections } from './documents.ts'
import { isDuplicateKey } from './failures.ts'
import { storableIds } from './ids.ts'

export function createProgressStore({ progress }: Collections, calls: Calls): ProgressStore {
  return {
    get: (id) =>
      calls.run(async () => {
        const row = await progress.findOne({ _id: { $in: storableIds([id]) } })
        return row ? (JSON.parse(row.content) as JsonObject) : null
      }),
    put: (id, content) =>
      calls.run(async () => {
        const _id = text(id, 'progress.id')
        await progress.replaceOne({ _id }, { content: json(content, 'progress') }, { upsert: true })
      }),
    putIfAbsent: (id, content) =>
      calls.run(async () => {
        const row = { _id: text(id, 'progress.id'), content: json(content, 'progress') }
        try {
          await progress.insertOne(row)
          return content
        } catch (error) {
          if (!isDuplicateKey(error)) throw error
          const present = await progress.findOne({ _id: row._id })
          return present ? (JSON.parse(present.content) as JsonObject) : content
        }
      }),
  }
}
