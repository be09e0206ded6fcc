import { createServer, type ServerResponse } from 'node:http'
import { Pool } from 'undici'

/**
 * What a gateway cannot do without: an aggregator written by hand for exactly the bench's two documents, over undici,
 * with entity calls of concurrent requests joined once per turn of the event loop. It validates nothing and knows no
 * errors. Arguments: the port, and the subgraphs' addresses as JSON.
 */
const [port, addresses] = process.argv.slice(2)
const subgraphs = JSON.parse(addresses ?? '{}') as Record<string, string>
const CONNECTIONS = 64

type Row = Record<string, unknown> & { id: string }
type Ask = (query: string, variables: Record<string, unknown>) => Promise<Record<string, unknown>>
type LoadEntities = (ids: readonly string[]) => Promise<ReadonlyMap<string, Row>>

const PROFILE = 'id version email firstName lastName locale'
const askProfiles = connect('profiles')
const loadEvents = entities(
  'events',
  'Profile',
  '__typename id events(first:3){id type occurredAt product{id}}',
)
const loadRecommendations = entities(
  'recommendations',
  'Profile',
  '__typename id recommendations(first:4){score reason product{id}}',
)
const loadProducts = entities('products', 'Product', 'id title price image url')

createServer((request, response) => {
  if (request.method !== 'POST') {
    response.writeHead(405).end()
    return
  }
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => void answer(Buffer.concat(chunks).toString(), response))
}).listen(Number(port), '127.0.0.1')

async function answer(body: string, response: ServerResponse): Promise<void> {
  const { variables } = JSON.parse(body) as { variables: { id?: string; ids?: string[] } }
  const text = JSON.stringify({ data: await resolve(variables) })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

async function resolve({ id, ids }: { id?: string; ids?: string[] }): Promise<Record<string, unknown>> {
  if (ids) {
    const { profiles } = await askProfiles(`query($ids:[ID!]!){profiles(ids:$ids){${PROFILE}}}`, { ids })
    return { profiles: await complete(profiles as Row[]) }
  }
  const { profile } = await askProfiles(`query($id:ID!){profile(id:$id){${PROFILE}}}`, { id })
  return { profile: (await complete([profile as Row]))[0] }
}

interface WithProduct {
  product: { id: string }
}

async function complete(profiles: readonly Row[]): Promise<Row[]> {
  const ids = profiles.map(({ id }) => id)
  const [events, recommendations] = await Promise.all([loadEvents(ids), loadRecommendations(ids)])
  const wanted = new Set<string>()
  for (const id of ids) {
    for (const { product } of rows(events, id, 'events')) wanted.add(product.id)
    for (const { product } of rows(recommendations, id, 'recommendations')) wanted.add(product.id)
  }
  const products = await loadProducts([...wanted])
  return profiles.map((profile) => ({
    ...profile,
    events: rows(events, profile.id, 'events').map((event) => {
      return { ...event, product: { title: products.get(event.product.id)?.['title'] } }
    }),
    recommendations: rows(recommendations, profile.id, 'recommendations').map((recommendation) => {
      return { ...recommendation, product: products.get(recommendation.product.id) }
    }),
  }))
}

function rows(entities: ReadonlyMap<string, Row>, id: string, field: string): WithProduct[] {
  return entities.get(id)?.[field] as WithProduct[]
}

/** Joins what is asked for in one turn of the event loop into one call; what two requests want is asked for once. */
function entities(subgraph: string, type: string, selection: string): LoadEntities {
  const ask = connect(subgraph)
  const query = `query($r:[_Any!]!){_entities(representations:$r){...on ${type}{${selection}}}}`
  let ids = new Set<string>()
  let joined: Promise<ReadonlyMap<string, Row>> | null = null

  return (wanted) => {
    for (const id of wanted) ids.add(id)
    joined ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        const r = Array.from(ids, (id) => ({ __typename: type, id }))
        ids = new Set()
        joined = null
        ask(query, { r }).then(
          ({ _entities }) => resolve(new Map((_entities as Row[]).map((row) => [row.id, row]))),
          reject,
        )
      })
    })
    return joined
  }
}

function connect(subgraph: string): Ask {
  const { origin, pathname } = new URL(subgraphs[subgraph] ?? '')
  const pool = new Pool(origin, { connections: CONNECTIONS })
  const headers = { 'content-type': 'application/json' }
  return async (query, variables) => {
    const body = JSON.stringify({ query, variables })
    const response = await pool.request({ path: pathname, method: 'POST', headers, body })
    const result = (await response.body.json()) as { data: Record<string, unknown> }
    return result.data
  }
}
