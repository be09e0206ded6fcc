import { isDeepStrictEqual, parseArgs } from 'node:util'
import type { ExecutionResult } from 'graphql'
import { createGateway, type Gateway } from '../gateway/create-gateway.ts'
import { startAuditServer } from './audit/audit-server.ts'
import { httpSubgraph } from './audit/http-subgraph.ts'

/**
 * Runs the public federation gateway audit against our gateway: `npm run audit -- <checkout> [suite …]`. The checkout is
 * of github.com/graphql-hive/federation-gateway-audit with its packages installed (`wgc` left out of its
 * devDependencies; `tsx` is needed); its subgraphs are started from there. Exits 1 when a case fails.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { verbose: { type: 'boolean', default: false } },
})
const [checkout, ...wanted] = positionals
if (checkout === undefined) {
  console.error('usage: npm run audit -- <checkout of federation-gateway-audit> [suite …]')
  process.exit(2)
}

interface Case {
  query: string
  expected: { data?: unknown; errors?: boolean }
}

await using server = await startAuditServer(checkout)
const suites = wanted.length > 0 ? wanted : ((await getJson('/ids')) as string[])
let passed = 0
let total = 0
for (const suite of suites) {
  const gateway = await gatewayOf(suite)
  const cases = (await getJson(`/${suite}/tests`)) as Case[]
  for (const [index, { query, expected }] of cases.entries()) {
    total++
    const outcome = await run(gateway, query)
    if (matches(outcome, expected)) passed++
    else report(`${suite} ${index}`, query, expected, outcome)
  }
}
console.log(`${passed} of ${total} cases of ${suites.length} suites pass`)
process.exitCode = passed === total ? 0 : 1

async function gatewayOf(suite: string): Promise<Gateway> {
  const subgraphs = (await getJson(`/${suite}/subgraphs`)) as { name: string; url: string }[]
  return createGateway({
    supergraphSdl: await getText(`/${suite}/supergraph`),
    subgraphs: Object.fromEntries(subgraphs.map(({ name, url }) => [name, httpSubgraph(url)])),
  })
}

async function run(gateway: Gateway, document: string): Promise<ExecutionResult> {
  const principal = { kind: 'api-key', id: 'audit', name: 'audit', scopes: ['admin'] } as const
  const result = await gateway.execute({ document, context: { requestId: 'audit', principal } })
  return JSON.parse(JSON.stringify(result)) as ExecutionResult
}

/** As the audit itself compares: data exactly, and whether there were errors where the case says so. */
function matches({ data, errors }: ExecutionResult, expected: Case['expected']): boolean {
  if (!isDeepStrictEqual(data ?? null, expected.data ?? null)) return false
  return typeof expected.errors !== 'boolean' || expected.errors === (errors?.length ?? 0) > 0
}

function report(name: string, query: string, expected: unknown, outcome: ExecutionResult): void {
  console.log(`failed: ${name}`)
  if (!values.verbose) return
  console.log(query)
  console.log(`expected ${JSON.stringify(expected)}`)
  console.log(`received ${JSON.stringify(outcome)}`)
}

async function getText(path: string): Promise<string> {
  const response = await fetch(server.url + path)
  if (!response.ok) throw new Error(`${path}: the audit's server answered ${response.status}`)
  return response.text()
}

async function getJson(path: string): Promise<unknown> {
  return JSON.parse(await getText(path))
}
