import { Agent, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

export interface Request {
  url: string
  key: string
  body: string
}

const MAX_TRIES = 5

/** Sends them all in a closed loop over so many connections; resolves with what was answered, in order. */
export async function sendAll(requests: readonly Request[], connections: number): Promise<string[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const answers: string[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    for (let i = next++; i < requests.length; i = next++) {
      answers[i] = await sendUntilTaken(requests[i] as Request, agent)
    }
  }
  try {
    await Promise.all(Array.from({ length: connections }, lane))
  } finally {
    agent.destroy()
  }
  return answers
}

/** A busy store may answer late: what asks to be sent again is. */
async function sendUntilTaken(sent: Request, agent: Agent): Promise<string> {
  for (let tries = 1; ; tries++) {
    const { status, text } = await send(sent, agent)
    if (status === 200) return text
    if (status !== 503 || tries === MAX_TRIES) throw new Error(`${sent.url} answered ${status}: ${text}`)
    await delay(tries * 500)
  }
}

function send({ url, key, body }: Request, agent: Agent): Promise<{ status: number; text: string }> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).once('error', reject)
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() })
      })
    })
    outgoing.once('error', reject).end(body)
  })
}
