import { Agent, request } from 'node:http'

export interface Request {
  url: string
  key: string
  body: string
}

/** Sends them all in a closed loop over so many connections; resolves with what was answered, in order. */
export async function sendAll(requests: readonly Request[], connections: number): Promise<string[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const answers: string[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    for (let i = next++; i < requests.length; i = next++) {
      answers[i] = await send(requests[i] as Request, agent)
    }
  }
  try {
    await Promise.all(Array.from({ length: connections }, lane))
  } finally {
    agent.destroy()
  }
  return answers
}

function send({ url, key, body }: Request, agent: Agent): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).once('error', reject)
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString()
        if (response.statusCode === 200) resolve(text)
        else reject(new Error(`${url} answered ${response.statusCode ?? 0}: ${text}`))
      })
    })
    outgoing.once('error', reject).end(body)
  })
}
