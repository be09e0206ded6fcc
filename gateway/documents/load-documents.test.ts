import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isScalarType } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contextFor, createShopGraph } from '../../tests/support/shop-graph.ts'
import { loadDocuments } from './load-documents.ts'

let dir: string
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), 'monogram-documents-'))))
afterAll(() => rm(dir, { recursive: true, force: true }))

const { gateway } = createShopGraph()
const card = 'query Card($id: ID!) { person(id: $id) { name lastProduct { title } } }'

async function folder(files: Record<string, string>): Promise<string> {
  const path = await mkdtemp(join(dir, 'd-'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text)
  return path
}

test('a folder gives its documents by name and by hash, with the options beside them', async () => {
  const path = await folder({
    'card.graphql': card,
    'card.json': '{ "deadlineMs": 150, "fallbacks": { "person.lastProduct": null } }',
    'b.graphql': '{ people(ids: []) { id } }',
    'readme.md': 'not looked at',
  })
  const documents = await loadDocuments({ path, gateway, byField: new Map() })
  expect(documents.names).toEqual(['b', 'card'])
  const byName = documents.find('card')
  expect(byName).toMatchObject({ name: 'card', deadlineMs: 150 })
  expect(documents.find(createHash('sha256').update(card).digest('hex'))).toBe(byName)
  expect(documents.find('Card')).toBeUndefined()
  expect(documents.find('__proto__')).toBeUndefined()
})

test('a manifest gives them by its keys', async () => {
  const path = join(
    await folder({ 'manifest.json': JSON.stringify({ one: card, two: { document: card, deadlineMs: 9 } }) }),
    'manifest.json',
  )
  const documents = await loadDocuments({ path, gateway, byField: new Map() })
  expect(documents.names).toEqual(['one', 'two'])
  expect(documents.find('two')?.deadlineMs).toBe(9)
})

test('a document may cost what it likes, and its variables are coerced once', async () => {
  let coerced = 0
  const shop = createShopGraph({}, { limits: { maxCost: 1 } })
  const counted = shop.gateway.schema.getType('JSON')
  if (!isScalarType(counted)) throw new Error('the shop has no JSON')
  const { parseValue } = counted
  counted.parseValue = (value) => (coerced++, parseValue(value))
  const path = await folder({
    'echo.graphql': 'query($ids: [ID!]!, $value: JSON) { people(ids: $ids) { name } echo(value: $value) }',
  })
  const documents = await loadDocuments({ path, gateway: shop.gateway, byField: new Map() })
  const echo = documents.find('echo')
  const outcome = echo?.coerce({ ids: ['1', '2'], value: 'hello' })
  if (outcome?.kind !== 'coerced') throw new Error('refused')
  const answer = await echo?.execute(outcome.variables, contextFor())
  expect(answer).toMatchObject({ kind: 'answered', errors: [] })
  expect(coerced).toBe(1)
})

test('all mistakes are told together, each with its file and line', async () => {
  const path = await folder({
    'a.graphql': '{ person(id: "1") {\n  nothing\n} }',
    'b.graphql': '{ person(',
    'c.graphql': 'mutation { touch }',
    'd.graphql': card,
    'd.json': '{ "fallbacks": { "person.nam": "x" }, "deadline": 5 }',
    'e.graphql': card,
    'e.json': '{ "fallbacks": { "person.nam": "x" } }',
    'f.json': '{}',
    'g.graphql': `query A { people(ids: []) { id } } query B { people(ids: []) { id } }`,
  })
  const error = await loadDocuments({ path, gateway, byField: new Map() }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'DOCUMENTS_INVALID' })
  const lines = (error as Error).message.replaceAll(path, '').split('\n').sort()
  expect(lines).toEqual([
    expect.stringMatching(/^\/a\.graphql:2:3: Cannot query field "nothing"/),
    expect.stringMatching(/^\/b\.graphql:1:10: Syntax Error/),
    '/c.graphql: expected a query, got a mutation',
    expect.stringMatching(/^\/d\.json: .*deadline/),
    '/e.json: fallbacks: person.nam: the document has no field there; did you mean person.name?',
    '/f.json: there is no f.graphql',
    expect.stringMatching(/^\/g\.graphql: the document has several operations/),
  ])
})

test('a folder that is not there is one of them', async () => {
  await expect(
    loadDocuments({ path: join(dir, 'nowhere'), gateway, byField: new Map() }),
  ).rejects.toMatchObject({
    code: 'DOCUMENTS_INVALID',
    message: expect.stringContaining('nowhere: cannot be read (ENOENT)'),
  })
})
