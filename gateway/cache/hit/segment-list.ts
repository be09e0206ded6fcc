import type { Piece, Segment } from './entity-node.ts'

/** Puts together what comes from one source. */
export class SegmentList {
  readonly #segments: Segment[] = []
  #source: number | null = null
  #hasVariables = false
  #pieces: Piece[] = []
  #text = ''

  text(text: string): void {
    this.#text += text
  }

  key(): void {
    this.#pieces.push({ kind: 'key', text: this.#text })
    this.#text = ''
  }

  field(source: number, field: Omit<Extract<Piece, { kind: 'field' }>, 'kind' | 'text'>): void {
    const text = this.#text
    if (this.#source !== null && this.#source !== source) {
      this.#text = ''
      this.#close()
      this.#text = text
    }
    this.#source = source
    this.#hasVariables ||= field.hasVariables
    this.#pieces.push({ kind: 'field', text: this.#text, ...field })
    this.#text = ''
  }

  end(): Segment[] {
    this.#close()
    return this.#segments
  }

  #close(): void {
    const keys = this.#pieces.flatMap((piece) => (piece.kind === 'field' ? piece.key : []))
    this.#segments.push({
      source: this.#source ?? 0,
      pieces: this.#pieces,
      end: this.#text,
      keys,
      plainKeys: this.#hasVariables ? null : keys.map((key) => key({})),
      hasVariables: this.#hasVariables,
    })
    this.#source = null
    this.#hasVariables = false
    this.#pieces = []
    this.#text = ''
  }
}
