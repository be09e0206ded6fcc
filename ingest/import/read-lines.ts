import type { Readable } from 'node:stream'

/** `text` is null for a line that is longer than allowed: it was passed over without being held. */
export interface Line {
  line: number
  text: string | null
}

const NEWLINE = 10

/** The lines of a UTF-8 stream, in batches as the bytes come; empty ones are left out but counted. */
export async function* readLines(stream: Readable, maxLineBytes: number): AsyncGenerator<Line[]> {
  let held: Buffer[] = []
  let heldBytes = 0
  let line = 1

  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const lines: Line[] = []
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      finish(chunk.subarray(from, end), lines)
      from = end + 1
    }
    hold(chunk.subarray(from))
    if (lines.length > 0) yield lines
  }
  const last: Line[] = []
  finish(Buffer.alloc(0), last)
  if (last.length > 0) yield last

  function hold(part: Buffer): void {
    heldBytes += part.length
    if (heldBytes > maxLineBytes) held = []
    else if (part.length > 0) held.push(part)
  }

  function finish(end: Buffer, lines: Line[]): void {
    hold(end)
    const text = heldBytes > maxLineBytes ? null : decode()
    if (text !== '') lines.push({ line, text })
    held = []
    heldBytes = 0
    line++
  }

  function decode(): string {
    const text = (held.length === 1 ? held[0] : Buffer.concat(held))?.toString('utf8') ?? ''
    return (line === 1 ? text.replace(/^\uFEFF/, '') : text).trim()
  }
}
