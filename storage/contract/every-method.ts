import { expect } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { ContractCase } from './case.ts'
import { aProduct, aWrite, anEvent } from './documents.ts'
import { EVERY_CALL, methodsOf, type PortCall } from './every-call.ts'

/** Rules that every method of the port keeps, whatever it does. */
export function everyMethodCases(test: ContractCase): void {
  test('every method is called by the cases that hold all of them to a rule', async (storage) => {
    expect(new Set(EVERY_CALL.map(({ name }) => name))).toEqual(new Set(methodsOf(storage)))
  })

  test('an object where text is expected is a TypeError, or data where JSON is kept', async (storage) => {
    const taken: string[] = []
    for (const call of EVERY_CALL) {
      for (const path of leavesOf(call.args, 'string')) {
        const outcome = await outcomeOf(call, storage, path, { $gt: '' })
        if (outcome !== 'TypeError' && !path.some((step) => JSON_FIELDS.has(step)))
          taken.push(`${call.name} ${path.join('.')}: ${outcome}`)
      }
      await call.run(storage)
    }
    expect(taken).toEqual([])
  })

  test('JSON comes back as it was, whatever its keys are called and its values look like', async (storage) => {
    const { events, progress, products } = storage
    await events.append([anEvent('e', { body: HOSTILE_JSON, meta: { normalised: HOSTILE_JSON } })])
    await progress.put('$job', HOSTILE_JSON)
    const title = { value: HOSTILE_JSON, at: 1, key: 'e' }
    await products.put([aProduct('x', 1, { state: { ['__proto__']: title, 'a.$b': title } as never })])

    const [event] = await events.get(['e'])
    const state = (await products.get(['x'])).get('x')?.state as unknown as Record<string, typeof title>
    const kept = [event?.body, event?.meta?.normalised, await progress.get('$job'), state['a.$b']?.value]
    const same = JSON.stringify(HOSTILE_JSON)
    expect(kept.map((value) => JSON.stringify(value))).toEqual([same, same, same, same])
    expect(Object.hasOwn(event?.body ?? {}, '__proto__')).toBe(true)
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })

  test('-0 is 0, and the largest integers are kept', async ({ events, profiles }) => {
    const { MAX_SAFE_INTEGER: most, MIN_SAFE_INTEGER: least } = Number
    await events.append([anEvent('a', { time: -0, receivedAt: most }), anEvent('b', { time: least })])
    await profiles.put([aWrite('p', 1, { nextChangeAt: -0, asOf: most })])
    const [a, b] = (await events.get(['a', 'b'])).toSorted((x, y) => (x.key < y.key ? -1 : 1))
    expect([a?.time, a?.receivedAt, b?.time]).toEqual([0, most, least])
    expect((await profiles.get(['p'])).get('p')).toMatchObject({ nextChangeAt: 0, asOf: most })
    expect(await profiles.findDue(0, 1)).toEqual(['p'])
  })

  test('what is no integer where a document or a position wants one is a TypeError', async (storage) => {
    const taken: string[] = []
    for (const call of EVERY_CALL) {
      for (const path of leavesOf(call.args, 'number')) {
        if (path.length === 1 || path.some((step) => JSON_FIELDS.has(step))) continue
        for (const value of NO_INTEGERS) {
          const outcome = await outcomeOf(call, storage, path, value)
          if (outcome !== 'TypeError')
            taken.push(`${call.name} ${path.join('.')} ${String(value)}: ${outcome}`)
        }
      }
      await call.run(storage)
    }
    expect(taken).toEqual([])
  })
}

/** As it comes off a wire: `__proto__` is a key of its own in it. */
const HOSTILE_JSON = JSON.parse(String.raw`{
  "__proto__": { "x": 1 }, "constructor": { "prototype": { "y": 1 } }, "toString": "z", "hasOwnProperty": false,
  "$set": { "admin": true }, "$where": "sleep(1000)", "$": 1, "a.b": { "$gt": "" }, ".": 1, "": { "": [] },
  "list": [{ "$ne": null }, { "properties.$[]": 1 }, [[]], {}],
  "numbers": [9007199254740993, -9007199254740993, 1e308, 5e-324, 0.1, 1e21, -1.5],
  "text": ["\ud83d\ude00", "\u2028\u2029", "\ufffd\uffff", "\u001f\"\\", "e\u0301 é"]
}`) as JsonObject

const NO_INTEGERS: readonly unknown[] = [NaN, Infinity, 1.5, 2 ** 53, '1', { $gt: 0 }, new Date(1)]

/** Kept as JSON text: an object in it is data. */
const JSON_FIELDS: ReadonlySet<string> = new Set([
  'body',
  'pairs',
  'state',
  'applied',
  'view',
  'rolling',
  'basis',
  'purchase',
  'decision',
  'answers',
  'undos',
  'moves',
  'losers',
  'gainers',
  'outbox',
  'unpublished',
  'line',
  'outcome',
])

type Path = readonly string[]

/** Where values of that type stand in it. */
function leavesOf(value: unknown, type: 'string' | 'number', path: Path = []): Path[] {
  if (typeof value === type) return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, type, [...path, key]))
}

async function outcomeOf(
  call: PortCall,
  storage: Parameters<PortCall['run']>[0],
  path: Path,
  value: unknown,
): Promise<string> {
  try {
    await call.run(storage, replaced(call.args, path, value) as unknown[])
    return 'done'
  } catch (error) {
    return error instanceof Error ? error.name : String(error)
  }
}

/** A copy in which the value stands at that path. */
function replaced(whole: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value
  if (Array.isArray(whole)) {
    return whole.map((inner, i) => (String(i) === step ? replaced(inner, rest, value) : inner))
  }
  const members = whole as Record<string, unknown>
  return { ...members, [step]: replaced(members[step], rest, value) }
}
