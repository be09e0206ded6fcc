import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { createTurnClock } from '../../../gateway/deadlines/turn-clock.ts'
import { percentile } from '../../support/figures.ts'
import { watchWaiting } from './watch-waiting.ts'
import type { TimedLoad, TimedLoadResult } from './timed-load.ts'

/**
 * A program of its own that renders over kept-alive connections and times each answer from the outside: bare sockets and
 * a few searches in the text, so that what it measures is not itself. All connections are opened first, and then all
 * begin at once.
 */
const SETTLE_MS = 200
const load = JSON.parse(process.argv[2] ?? '{}') as TimedLoad
const answers: TimedAnswer[] = []
const statuses: Record<string, number> = {}
const outcomes: Record<string, number> = {}
const turns = createTurnClock()
const server = watchWaiting(load.pid)
const sockets = await openConnections()
// Node accepts one connection in each turn of its event loop; what is measured is renders, not that.
await pause(SETTLE_MS)
const end = performance.now() + load.seconds * 1000
await Promise.all(sockets.map(renderAgainAndAgain))
await server.settled()
const times = answers.map(({ sentAt, seenAt }) => seenAt - sentAt)
const heldUp = answers.map(({ cameAt, seenAt }) => seenAt - cameAt)
const waited = answers.map(({ sentAt, seenAt }) => server.waitedMs(sentAt, seenAt))
const own = times.map((time, index) => time - Math.max(heldUp[index] ?? 0, waited[index] ?? 0))
const result: TimedLoadResult = {
  requests: times.length,
  p50Ms: percentile(times, 0.5),
  p999Ms: percentile(times, 0.999),
  maxMs: percentile(times, 1),
  ownP999Ms: percentile(own, 0.999),
  ownMaxMs: percentile(own, 1),
  statuses,
  outcomes,
  longestHoldMs: percentile(heldUp, 1),
  longestWaitMs: percentile(waited, 1),
}
console.log(JSON.stringify(result))

async function openConnections(): Promise<Socket[]> {
  const opened: Socket[] = []
  while (opened.length < load.connections) {
    const some = Array.from({ length: Math.min(20, load.connections - opened.length) }, openConnection)
    opened.push(...(await Promise.all(some)))
  }
  return opened
}

/** Milliseconds on the clock of performance.now(). */
interface TimedAnswer {
  sentAt: number
  /** The earliest at which it may have been there: when the turn of the event loop began in which it was seen. */
  cameAt: number
  seenAt: number
}

function openConnection(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(load.port, '127.0.0.1', () => resolve(socket))
    socket.setNoDelay(true)
    socket.once('error', reject)
  })
}

function renderAgainAndAgain(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    let sentAt = 0
    let text = ''
    const send = (): void => {
      if (performance.now() > end) {
        socket.destroy()
        return resolve()
      }
      text = ''
      sentAt = performance.now()
      socket.write(request())
    }
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (!isWhole(text)) return
      answers.push({ sentAt, cameAt: Math.max(turns.arrivedAt(socket), sentAt), seenAt: performance.now() })
      count(statuses, text.slice(9, 12))
      count(outcomes, /"degraded":\[\{.*?"reason":"([^"]+)"/.exec(text)?.[1] ?? 'fresh')
      if (load.pauseMs > 0) setTimeout(send, Math.random() * 2 * load.pauseMs)
      else send()
    })
    socket.once('error', (error) => count(statuses, String('code' in error ? error.code : error.message)))
    socket.once('close', () => {
      if (performance.now() <= end) count(statuses, 'closed')
      resolve()
    })
    send()
  })
}

function request(): string {
  const id = `profile-${Math.floor(Math.random() * load.profiles)}`
  const body = JSON.stringify({ variables: { id }, deadlineMs: load.deadlineMs })
  return `POST /render/${load.documentId} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

function isWhole(text: string): boolean {
  const headEnd = text.indexOf('\r\n\r\n')
  const length = /content-length: (\d+)/i.exec(text)?.[1]
  return headEnd >= 0 && length !== undefined && text.length >= headEnd + 4 + Number(length)
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
}
