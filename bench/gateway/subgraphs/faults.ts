import type { ServerResponse } from 'node:http'

/** What a subgraph does instead of answering as it should. */
export const FAULTS = [
  'none',
  'slow',
  'silent',
  'half',
  'dead',
  'not-json',
  'garbage',
  'errors',
  'large',
  'huge',
  'hostile',
] as const
export type Fault = (typeof FAULTS)[number]

/** How late `slow` is: later than the deadline that the bench has. */
export const SLOW_MS = 95

/** Answers wrongly, given what would be right. */
export function answerWrongly(fault: Exclude<Fault, 'none'>, response: ServerResponse, right: string): void {
  const send = (text: string): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(text)
  }
  switch (fault) {
    case 'slow':
      setTimeout(send, SLOW_MS, right)
      return
    case 'silent':
      return
    case 'half':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': right.length })
      response.write(right.slice(0, right.length / 2))
      return
    case 'dead':
      response.socket?.destroy()
      return
    case 'not-json':
      return send('<html>502 Bad Gateway</html>')
    case 'garbage':
      return send('{"data":{"profile":7,"_entities":["x",{"y":[]}]}}')
    case 'errors':
      return send('{"data":null,"errors":[{"message":"no"}]}')
    case 'large':
      return send(right.replace('{"data":{', `{"data":{"more":${LARGE},`))
    case 'huge':
      return send(HUGE)
    case 'hostile':
      return send('{"data":{"__proto__":{"polluted":1},"profile":{"__proto__":{"polluted":1}}}}')
  }
}

/** Just within what a gateway reads, and far beyond it. */
const LARGE = JSON.stringify(Array.from({ length: 34_000 }, (_, n) => ({ id: String(n), score: n })))
const HUGE = `{"data":{"profile":"${'x'.repeat(20 * 1024 * 1024)}"}}`
