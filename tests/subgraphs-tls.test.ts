import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { connect, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { startMonogram, temporaryFolder } from '../bench/support/monogram-process.ts'
import { selfSigned, type Certificate } from './support/certificate.ts'
import { eventually } from './support/eventually.ts'
import { serveFaultySubgraph } from './support/faulty-subgraph.ts'
import { hasProgram } from './support/servers/program.ts'
import { createShopGraph } from './support/shop-graph.ts'

describe.skipIf(!hasProgram('openssl'))(
  'subgraphs at https: addresses; openssl makes the certificates',
  () => {
    test('are asked when their certificate is known, and not when it is unknown or of another host, which the log says', async () => {
      const dir = temporaryFolder()
      const known = await selfSigned(dir, 'known', 'IP:127.0.0.1')
      const elsewhere = await selfSigned(dir, 'elsewhere', 'DNS:elsewhere.example')
      const both = join(dir, 'authorities.pem')
      await writeFile(
        both,
        (await readFile(known.certificate, 'utf8')) + (await readFile(elsewhere.certificate, 'utf8')),
      )

      const shop = createShopGraph()
      await writeFile(join(dir, 'supergraph.graphql'), shop.supergraphSdl)
      await using people = await serveFaultySubgraph(shop.people)
      const ask = async (files: Certificate, env: Record<string, string>, says: RegExp | null) => {
        await using secure = await serveTls(files, Number(new URL(people.url).port))
        const supergraph = ['--supergraph', join(dir, 'supergraph.graphql')]
        const address = ['--subgraph', `people=https://127.0.0.1:${secure.port}/graphql`]
        const others = ['order-book', 'Catalog'].flatMap((name) => [
          '--subgraph',
          `${name}=http://127.0.0.1:1`,
        ])
        const args = ['gateway', ...supergraph, ...address, ...others, '--open', '--port', '0']
        await using gateway = await startMonogram({ args, env })
        const response = await fetch(`${gateway.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: '{ person(id: "1") { name } }' }),
        })
        const answer: unknown = await response.json()
        if (says !== null) await eventually(async () => expect(gateway.output()).toMatch(says))
        return answer
      }

      const trusting = { NODE_EXTRA_CA_CERTS: both }
      expect(await ask(known, trusting, null)).toMatchObject({ data: { person: { name: 'Ann' } } })
      const refused = { data: { person: null }, errors: [{ extensions: { code: 'SUBGRAPH_FAILED' } }] }
      const because = (reason: string) => new RegExp(`"subgraph":"people","reason":".*${reason}`)
      expect(await ask(known, {}, because('self-signed certificate'))).toMatchObject(refused)
      const otherHost = because("does not match certificate's altnames")
      expect(await ask(elsewhere, trusting, otherHost)).toMatchObject(refused)
    })
  },
)

/** TLS in front of a port that speaks without. */
async function serveTls(
  { certificate, key }: Certificate,
  to: number,
): Promise<AsyncDisposable & { port: number }> {
  const server = createServer({ cert: await readFile(certificate), key: await readFile(key) }, (socket) => {
    const behind = connect(to, '127.0.0.1')
    for (const [one, other] of [
      [socket, behind],
      [behind, socket],
    ] as const) {
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}
