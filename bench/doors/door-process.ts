import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createCallerTokens } from '../../access/caller-token.ts'
import { systemClock } from '../../platform/clock.ts'
import { createDrain } from '../../platform/drain.ts'
import { silentLog } from '../../platform/log.ts'
import { createSubgraphDoor } from '../../subgraphs/door/subgraph-door.ts'
import { createShelf, SECRET } from './shelf.ts'

/*
 * The other side of the doors bench: a server whose kind is its argument. Tells its port, and for each message from its
 * parent the CPU time that it has used, in microseconds.
 */
const subgraph = createShelf()
const tokens = createCallerTokens({ keys: [SECRET], clock: systemClock })

const door = createSubgraphDoor({
  subgraph,
  check: tokens.check,
  log: silentLog(),
  drain: createDrain(),
})

/** Reads and parses as much, and writes as much: what no door over HTTP does without. */
const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { variables } = JSON.parse(Buffer.concat(chunks).toString()) as { variables: { ids: string[] } }
    const text = JSON.stringify({
      data: { products: variables.ids.map((id) => ({ id, title: `Product ${id}`, price: 250 })) },
    })
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    response.end(text)
  })
}

const server = createServer(process.argv[2] === 'echo' ? echo : door)
server.keepAliveTimeout = 75_000
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.(user + system)
})
process.on('disconnect', () => process.exit(0))
