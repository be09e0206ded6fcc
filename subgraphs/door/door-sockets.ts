import type { IncomingMessage, Server } from 'node:http'
import { GraphQLError, parse, type ExecutionArgs } from 'graphql'
import { CloseCode, handleProtocols, makeServer } from 'graphql-ws'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import { CALLER_HEADER, type CheckCaller } from '../../core/access/caller-token.ts'
import { MonogramError } from '../../core/errors.ts'
import type { Log } from '../../platform/log.ts'
import { handleUpgrades, refuseUpgrade } from '../../platform/upgrades.ts'
import type { Subgraph, SubgraphRequest } from '../create-subgraph.ts'
import { readContext, toCall } from './subgraph-call.ts'
import { visibleResult } from './visible-errors.ts'

export interface DoorSocketsOptions {
  server: Server
  path: string
  subgraph: Subgraph
  check: CheckCaller
  log: Log
  maxMessageBytes?: number
  /** A gateway has one socket for all its subscriptions. */
  maxSockets?: number
  pingIntervalMs?: number
}

/** What belongs to one socket. */
interface SocketState {
  headers: IncomingMessage['headers']
  signal: AbortSignal
}

/**
 * The subscriptions of one subgraph over graphql-transport-ws, for Monogram's own gateway alone: the request that becomes
 * the socket has a token, and each subscription has one in its `extensions`, for the principal that it is for. Disposing
 * closes all sockets with 1001 and must come before the server itself closes.
 */
export function createDoorSockets(options: DoorSocketsOptions): AsyncDisposable {
  const { server, path, subgraph, check, log } = options
  const { maxMessageBytes = 4 * 1024 * 1024, maxSockets = 1_000, pingIntervalMs = 15_000 } = options
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, handleProtocols })
  const answering = new WeakSet<WebSocket>()
  const protocol = makeServer<Record<string, unknown>, SocketState>({
    onSubscribe({ extra }, _id, payload) {
      try {
        const context = readContext(extra.headers, payload.extensions?.[CALLER_HEADER], check)
        context.signal = extra.signal
        const request: SubgraphRequest = { ...toCall(payload), context }
        return {
          schema: subgraph.schema,
          document: parse(request.document),
          operationName: request.operationName ?? null,
          contextValue: request,
        }
      } catch (error) {
        return [refusal(error)]
      }
    },
    execute: (args) => subgraph.execute(requestOf(args)),
    subscribe: (args) => subgraph.subscribe(requestOf(args)),
    onNext: (_context, _id, _payload, args, result) => visibleResult(result, log, idOf(args)),
  })
  const upgrades = handleUpgrades(server, path, (request, socket, head) => {
    const caller = check(String(request.headers[CALLER_HEADER] ?? ''))
    if (caller.kind === 'refused') return refuseUpgrade(socket, '401 Unauthorized', caller.why)
    if (sockets.clients.size >= maxSockets) return refuseUpgrade(socket, '503 Service Unavailable')
    sockets.handleUpgrade(request, socket, head, (opened) => serve(opened, request))
    return undefined
  })
  const pings = setInterval(pingAll, pingIntervalMs)
  pings.unref()

  return {
    async [Symbol.asyncDispose]() {
      upgrades[Symbol.dispose]()
      clearInterval(pings)
      await Promise.all(Array.from(sockets.clients, goAway))
      sockets.close()
    },
  }

  function serve(socket: WebSocket, { headers }: IncomingMessage): void {
    const closing = new AbortController()
    answering.add(socket)
    const onClosed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) =>
          new Promise((resolve, reject) => {
            if (socket.readyState === socket.OPEN)
              socket.send(text, (error) => (error ? reject(error) : resolve()))
            else resolve()
          }),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (receive) =>
          socket.on('message', (data: RawData) => {
            receive(Buffer.isBuffer(data) ? data.toString() : '').catch((error: unknown) => {
              log.error({ err: error }, "a subgraph's socket failed")
              socket.close(CloseCode.InternalServerError, 'Internal server error')
            })
          }),
      },
      { headers, signal: closing.signal },
    )
    socket.on('pong', () => answering.add(socket))
    socket.on('error', (error) =>
      log.debug({ err: error }, "a subgraph's socket was closed for what it sent"),
    )
    socket.on('close', (code, reason) => {
      closing.abort()
      onClosed(code, String(reason)).catch((error: unknown) =>
        log.error({ err: error }, "closing a subgraph's socket failed"),
      )
    })
  }

  function pingAll(): void {
    for (const socket of sockets.clients) {
      if (!answering.delete(socket)) socket.terminate()
      else if (socket.readyState === socket.OPEN) socket.ping()
    }
  }
}

/** A gateway that does not close its end within a second is cut. */
function goAway(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => socket.terminate(), 1_000)
    socket.once('close', () => {
      clearTimeout(cut)
      resolve()
    })
    socket.close(1001, 'Going away')
  })
}

function requestOf(args: ExecutionArgs): SubgraphRequest {
  return args.contextValue as SubgraphRequest
}

function idOf(args: ExecutionArgs): string {
  return requestOf(args).context.requestId
}

function refusal(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error
  if (!(error instanceof MonogramError)) throw error
  return new GraphQLError(error.message, { extensions: { code: error.code } })
}
