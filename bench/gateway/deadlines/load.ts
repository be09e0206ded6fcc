import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { percentile } from '../../support/figures.ts'
import type { TimedLoad, TimedLoadResult } from './timed-load.ts'

/**
 * A program of its own that renders over kept-alive connections and times each answer from the outside: bare sockets and
 * a few searches in the text, so that what it measures is not itself. All connections are opened first, and then all
 * begin at once.
 */
const PAUSES_EVERY_MS = 2
const SETTLE_MS = 200
const load = JSON.parse(process.argv[2] ?? '{}') as TimedLoad
const times: number[] = []
const statuses: Record<string, number> = {}
const outcomes: Record<string, number> = {}
const pauses = watchPauses()
const sockets = await openConnections()
// Node accepts one connection in each turn of its event loop; what is measured is renders, not that.
await pause(SETTLE_MS)
const end = performance.now() + load.seconds * 1000
await Promise.all(sockets.map(renderAgainAndAgain))
const result: TimedLoadResult = {
  requests: times.length,
  p50Ms: percentile(times, 0.5),
  p999Ms: percentile(times, 0.999),
  maxMs: percentile(times, 1),
  statuses,
  outcomes,
  longestPauseMs: pauses.longestMs(),
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
      times.push(performance.now() - sentAt)
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

function watchPauses(): { longestMs(): number } {
  let last = performance.now()
  let longest = 0
  setInterval(() => {
    const now = performance.now()
    longest = Math.max(longest, now - last - PAUSES_EVERY_MS)
    last = now
  }, PAUSES_EVERY_MS).unref()
  return { longestMs: () => longest }
}
