/** A field as it is kept: the JSON text that its subgraph gave, and until when it may be answered as fresh. */
export class NearField {
  readonly text: string
  /** Epoch milliseconds. */
  readonly storedAt: number
  readonly freshUntil: number

  constructor(text: string, storedAt: number, freshUntil: number) {
    this.text = text
    this.storedAt = storedAt
    this.freshUntil = freshUntil
  }

  /** The same, of a text of its own: that of one field may be a part of the text of many, and keeps all of it in memory. */
  apart(): NearField {
    return new NearField(Buffer.from(this.text).toString(), this.storedAt, this.freshUntil)
  }
}

/** What is known of an entity for those of one authorization class: fields of one version of it. */
export class NearEntry {
  readonly version: number
  readonly fields: ReadonlyMap<string, NearField>
  /** Until when it is known that there is no such entity, in epoch milliseconds; 0 for one that is. */
  readonly absentUntil: number

  constructor(version: number, fields: ReadonlyMap<string, NearField>, absentUntil = 0) {
    this.version = version
    this.fields = fields
    this.absentUntil = absentUntil
  }

  /** Fields merge only at the same version; otherwise the newer replaces. */
  mergedWith(newer: NearEntry): NearEntry {
    if (newer.version < this.version) return this
    if (newer.version > this.version || newer.absentUntil > 0 || this.absentUntil > 0) return newer
    const fields = new Map(newer.fields)
    for (const [key, field] of this.fields) if (!fields.has(key)) fields.set(key, field.apart())
    return new NearEntry(this.version, fields)
  }

  get bytes(): number {
    let bytes = ENTRY_BYTES
    // What operations make of a text is mostly the text itself, or one as long.
    for (const [key, { text }] of this.fields) bytes += FIELD_BYTES + key.length + 2 * text.length
    return bytes
  }
}

/** Of an entity that there is not. */
export const NO_FIELDS: ReadonlyMap<string, NearField> = new Map()

/** What an entry and a field take besides their texts, as measured with Node 20. */
const ENTRY_BYTES = 320
const FIELD_BYTES = 112
