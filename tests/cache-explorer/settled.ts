import type { EntityRead } from '../../gateway/cache/entity-read.ts'
import { Violation } from './check-read.ts'
import { valueOf, type Documents } from './documents.ts'
import type { GatewayProcess } from './process.ts'
import { CLASSES, KEYS } from './names.ts'

interface World {
  readonly documents: Documents
  readonly processes: readonly GatewayProcess[]
  readonly now: number
  pass(ms: number): void
  readNow(process: GatewayProcess, want: CalmWant): Promise<EntityRead | undefined>
}

/** By its id, else by a key. */
export interface CalmWant {
  id: string | null
  key: string
  of: string
  fields: readonly string[]
}

/** For so long it is known that a look-up finds nobody. */
const ABSENT_MS = 10_000

/** Every process has what the documents have, from what it keeps and from what is shared. @throws Violation */
export async function expectSettled(world: World): Promise<void> {
  await expectAllLatest(world)
  world.pass(ABSENT_MS)
  for (const process of world.processes) for (const key of KEYS) await expectHolder(world, process, key)
  for (const process of world.processes) process.cache.near.clear()
  await expectAllLatest(world)
}

async function expectAllLatest(world: World): Promise<void> {
  for (const process of world.processes) {
    for (const id of world.documents.ids) {
      for (const of of CLASSES) {
        for (const fields of [['f'], ['g'], ['f', 'g']])
          await expectLatest(world, process, { id, of, fields })
      }
    }
  }
}

async function expectLatest(
  world: World,
  process: GatewayProcess,
  { id, of, fields }: { id: string; of: string; fields: readonly string[] },
): Promise<void> {
  const revision = world.documents.latest(id)
  const read = await readFresh(world, process, { id, key: id, of, fields })
  const seen = read?.kind === 'found' ? read.values : null
  const right = revision.isAlive
    ? fields.map((key) => valueOf(id, revision, { of, key, at: world.now }))
    : null
  if (JSON.stringify(seen) !== JSON.stringify(right)) {
    throw new Violation(
      `after all settled ${id} is ${JSON.stringify(read)}, and should be ${JSON.stringify(right)}`,
    )
  }
}

async function expectHolder(world: World, process: GatewayProcess, key: string): Promise<void> {
  const read = await readFresh(world, process, { id: null, key, of: CLASSES[0] as string, fields: ['f'] })
  const seen = read?.kind === 'found' ? read.id : null
  const right = world.documents.holderOf(key)
  if (seen !== right) throw new Violation(`after all settled ${key} leads to ${seen}, and should to ${right}`)
}

/** Past its time a value is given once more, marked as stale, and read anew. */
async function readFresh(
  world: World,
  process: GatewayProcess,
  want: CalmWant,
): Promise<EntityRead | undefined> {
  const read = await world.readNow(process, want)
  const isStale = read !== undefined && read.kind !== 'failed' && read.isStale
  const again = isStale ? await world.readNow(process, want) : read
  if (again && again.kind !== 'failed' && again.isStale)
    throw new Violation(`after all settled ${want.key} is stale: ${JSON.stringify(again)}`)
  return again
}
