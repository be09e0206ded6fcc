import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { MonogramError } from '../core/errors.ts'

export interface Listening {
  port: number
  /** Where somebody on this machine reaches it, without a slash at the end. */
  url: string
}

/**
 * Connections that wait to be accepted, which the kernel bounds further. A burst beyond it is dropped silently and tried again by
 * the other side after one second, then three.
 */
const BACKLOG = 4_096

/** Port 0 takes a free one. Throws PORT_IN_USE when another process has it, CONFIG_INVALID when it cannot be had at all. */
export async function listen(
  server: FastifyInstance,
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  try {
    await server.listen({ host, port, backlog: BACKLOG })
  } catch (error) {
    throw explain(error, host, port)
  }
  const address = server.server.address() as AddressInfo
  return { port: address.port, url: `http://${reachableHost(host)}:${address.port}` }
}

function explain(error: unknown, host: string, port: number): unknown {
  const code = (error as { code?: unknown }).code
  if (code === 'EADDRINUSE') {
    return new MonogramError(
      'PORT_IN_USE',
      `port ${port} is taken by another process: stop that one, or set MONOGRAM_PORT to a free port`,
      { cause: error },
    )
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    const message = `cannot listen on ${host}:${port} (${code}): choose a port above 1023 and an address of this machine`
    return new MonogramError('CONFIG_INVALID', message, { cause: error })
  }
  return error
}

function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
