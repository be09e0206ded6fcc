import { expect, test } from 'vitest'
import { createHttpServer } from '../platform/http.ts'
import { listen } from '../platform/listen.ts'
import { silentLog } from '../platform/log.ts'
import { createCallerTokens } from './caller-token.ts'
import { keyDoor } from './key-door.ts'
import { knock } from './knock.ts'
import { createSubgraphsCheck } from './subgraphs-check.ts'

const gateway = { kind: 'anonymous', id: 'gateway', name: 'gateway', scopes: [] } as const
const tokens = (secret: string, ageMs = 0) =>
  createCallerTokens({ keys: [Buffer.from(secret)], clock: () => Date.now() - ageMs })
const checkWith = (secret: string, urls: string[]) =>
  createSubgraphsCheck({ urls, ownToken: () => tokens(secret).sign(gateway), log: silentLog() })

async function serve(secret: string): Promise<{ url: string } & AsyncDisposable> {
  const app = createHttpServer({ log: silentLog() })
  await app.register(keyDoor({ keys: { get: () => Promise.resolve(null) }, check: tokens(secret).check }))
  const { url } = await listen(app, { host: '127.0.0.1', port: 0 })
  return { url, [Symbol.asyncDispose]: () => app.close() }
}

test('a gateway is ready once one process has taken a call of it, and stays so when that one is gone', async () => {
  const door = await serve('secret')
  const check = checkWith('secret', ['http://127.0.0.1:1', door.url])
  await check()
  await door[Symbol.asyncDispose]()
  await check()
})

test('until then it says what is wrong: nobody answers, or the secret is another one', async () => {
  await expect(checkWith('secret', ['http://127.0.0.1:1'])()).rejects.toMatchObject({
    code: 'NOT_READY',
    message: 'no subgraph has answered yet',
  })
  await using door = await serve('secret')
  await expect(checkWith('another', [door.url])()).rejects.toMatchObject({
    code: 'NOT_READY',
    message: expect.stringMatching(/refuse this gateway.*MONOGRAM_SECRET/),
  })
})

test('a knock tells a secret and a clock that are others from a process that is away', async () => {
  const door = await serve('secret')
  const ask = async (secret: string, ageMs?: number) => knock(door.url, tokens(secret, ageMs).sign(gateway))
  expect(await ask('secret')).toEqual({ kind: 'known' })
  expect(await ask('another')).toMatchObject({
    kind: 'refused',
    why: expect.stringContaining('not signed with a secret'),
  })
  expect(await ask('secret', 6 * 60_000)).toMatchObject({
    kind: 'refused',
    why: expect.stringMatching(/expired.*clocks/),
  })
  await door[Symbol.asyncDispose]()
  expect(await ask('secret')).toMatchObject({ kind: 'away' })
})
