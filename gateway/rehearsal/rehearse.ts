import type { AddressInfo } from 'node:net'
import type { GraphQLSchema } from 'graphql'
import { Pool } from 'undici'
import type { Authenticate } from '../../core/access/authenticate.ts'
import { createHttpServer } from '../../platform/http.ts'
import { silentLog } from '../../platform/log.ts'
import type { TrustedDocument, TrustedDocuments } from '../documents/load-documents.ts'
import { renderRoutes } from '../render/routes.ts'
import type { CannedManner } from './canned-server.ts'
import { REHEARSAL } from './rehearsal-principal.ts'
import { sampleVariables } from './sample-variables.ts'

export interface RehearseOptions {
  documents: TrustedDocuments
  schema: GraphQLSchema
  /** How the stand-ins of the subgraphs are to behave from now on. */
  behave: (manner: CannedManner) => void
  /** That others are served meanwhile by a process that is warm: each document is rendered once in each manner, one by one. */
  isLive: boolean
  /** Beyond once for each document and manner, which there is always time for. */
  maxMs?: number
  maxRenders?: number
}

/**
 * Renders each trusted document before anybody asks for it, over real connections of this machine to a front of its own
 * and against stand-ins for its subgraphs: answered, failed and kept waiting. The first requests after a start then find
 * all compiled, by us and by V8, and are as quick as any other.
 */
export async function rehearse({
  documents,
  schema,
  behave,
  isLive,
  maxMs = isLive ? 0 : 1_500,
  maxRenders = 1_000,
}: RehearseOptions): Promise<void> {
  const all = documents.names.flatMap((name) => documents.find(name) ?? [])
  if (all.length === 0) return
  const until = performance.now() + maxMs
  await using front = await openFront(documents)
  const atOnce = isLive ? 1 : AT_ONCE
  let n = 0

  let deadlineMs = PATIENCE_MS
  behave('answers')
  await inTurns(maxRenders)
  behave('errors')
  await inTurns(maxRenders / 4)
  deadlineMs = DEADLINE_MS
  behave('silence')
  await inTurns(maxRenders / 4)

  /** All documents once, and then again for as long as there is time. */
  async function inTurns(renders: number): Promise<void> {
    let rendered = 0
    do {
      for (let from = 0; from < all.length; from += atOnce, rendered += atOnce) {
        await Promise.all(wave(from).map(renderOne))
      }
    } while (rendered < renders && performance.now() < until)
  }

  /** As many as are asked at once, the same document again where there are fewer. */
  function wave(from: number): TrustedDocument[] {
    const some = all.slice(from, from + atOnce)
    return Array.from({ length: atOnce }, (_, index) => some[index % some.length] as TrustedDocument)
  }

  async function renderOne({ name, operation }: TrustedDocument): Promise<void> {
    const variables = sampleVariables(schema, operation, n++)
    await front.post(`/render/${name}`, JSON.stringify({ variables, deadlineMs }))
  }
}

const AT_ONCE = 20
const DEADLINE_MS = 60
/** The first render of all, in which everything is cold, is to come to its end. */
const PATIENCE_MS = 2_000

interface Front extends AsyncDisposable {
  post(path: string, body: string): Promise<void>
}

/** The render lane by itself, which nobody else knows of and which has nothing but stand-ins behind it. */
async function openFront(documents: TrustedDocuments): Promise<Front> {
  const server = createHttpServer({ log: silentLog() })
  await server.register(renderRoutes({ documents: () => documents, authenticate, log: silentLog() }))
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.server.address() as AddressInfo
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: AT_ONCE })
  return {
    async post(path, body) {
      const headers = { 'content-type': 'application/json' }
      const { body: answer } = await pool.request({ path, method: 'POST', headers, body })
      await answer.dump()
    },
    async [Symbol.asyncDispose]() {
      await pool.destroy()
      await server.close()
    },
  }
}

const authenticate: Authenticate = async () => REHEARSAL
