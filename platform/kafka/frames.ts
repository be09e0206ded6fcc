/** A length of four bytes, big endian, stands before every message of Kafka's protocol. */
const LENGTH_BYTES = 4
/** Larger than any answer to what we ask (10 MB of records); a peer that announces more speaks another protocol. */
const MAX_FRAME_BYTES = 100 * 1024 * 1024

/**
 * Puts messages together that come in pieces, and splits those that come at once: each call answers with the messages,
 * lengths included, that are whole with this chunk. Null when what comes is no message of Kafka's protocol.
 */
export function createFrameReader(): (chunk: Buffer) => Buffer[] | null {
  let pieces: Buffer[] = []
  let held = 0
  /** Bytes that must be there before it is worth looking again. */
  let wanted = LENGTH_BYTES

  return (chunk) => {
    pieces.push(chunk)
    held += chunk.length
    if (held < wanted) return []
    let rest = pieces.length === 1 ? chunk : Buffer.concat(pieces, held)
    const whole: Buffer[] = []
    for (;;) {
      wanted = LENGTH_BYTES
      if (rest.length < wanted) break
      const length = rest.readInt32BE(0)
      if (length < 0 || length > MAX_FRAME_BYTES) return null
      wanted += length
      if (rest.length < wanted) break
      whole.push(rest.subarray(0, wanted))
      rest = rest.subarray(wanted)
    }
    pieces = rest.length === 0 ? [] : [rest]
    held = rest.length
    return whole
  }
}
