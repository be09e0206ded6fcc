import type { IncomingMessage } from 'node:http'
import { MonogramError } from '../core/errors.ts'

/** The body of a request as text. @throws MonogramError BODY_TOO_LARGE, BODY_NOT_JSON when the caller goes before its end */
export function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= maxBytes) chunks.push(chunk)
      else {
        request.pause()
        reject(new MonogramError('BODY_TOO_LARGE', `the body: expected at most ${maxBytes} bytes`))
      }
    })
    request.on('end', () => {
      const [only] = chunks
      resolve((only && chunks.length === 1 ? only : Buffer.concat(chunks)).toString('utf8'))
    })
    request.on('error', reject)
  })
}
