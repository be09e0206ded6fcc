import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { DEMO_FILES, type DemoEvent, type DemoProduct } from '../../demo/demo-format.ts'
import { demoEpoch, productPatch, segmentEvent } from '../../demo/shift-in-time.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { ProductPatch } from '../../core/products/product.ts'
import { projectRoot } from '../../platform/project-root.ts'

const folder = join(projectRoot(import.meta.url), 'demo')
const now = Date.now()
const newestAt = demoEpoch(now, now)

/** The demo's catalogue. */
export function products(): ProductPatch[] {
  return read<DemoProduct>(DEMO_FILES.catalogue).map((product) => productPatch(product, newestAt))
}

/** Real people with all that they bought: the same ones for each crowd, under other names. */
export interface Crowd {
  userIds: string[]
  /** As they are sent. */
  events: JsonObject[]
}

export function crowd(name: string, people: number): Crowd {
  const all = read<DemoEvent>(DEMO_FILES.events)
  const customers = new Set(all.map(({ userId }) => userId).filter((id) => typeof id === 'string'))
  const chosen = new Set<unknown>(Array.from(customers).slice(0, people))
  const events = all
    .filter(({ userId }) => chosen.has(userId))
    .map((event) => renamed(segmentEvent(event, newestAt), name))
  return { userIds: Array.from(chosen, (id) => `${name}-${String(id)}`), events }
}

function renamed(event: JsonObject, name: string): JsonObject {
  const traits = event['traits']
  const email = isJsonObject(traits) && textOf(traits['email'])
  return {
    ...event,
    userId: `${name}-${textOf(event['userId'])}`,
    messageId: `${name}-${textOf(event['messageId'])}`,
    ...(email && { traits: { ...traits, email: `${name}.${email}` } }),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function read<T>(file: string): T[] {
  const text = gunzipSync(readFileSync(join(folder, file))).toString()
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]))
}
