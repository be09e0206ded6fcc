/** One record of a topic, as it lies there. */
export interface SourceRecord {
  /** A decimal number that rises within the partition; larger than what a double holds exactly. */
  offset: string
  /** When it was written, by its producer or its broker; epoch milliseconds. */
  timestamp: number
  key: Buffer | null
  /** Null for a record that deletes its key from a compacted topic. */
  value: Buffer | null
}

/** Records of one partition in their order, and what their taker says of them. */
export interface RecordBatch {
  topic: string
  partition: number
  records: readonly SourceRecord[]
  /** False once the partition has been given to somebody else or the source is stopping: the rest is left alone. */
  isCurrent(): boolean
  /** Says that the taker is alive. Wanted at least every few seconds while it waits; rejects when the partition is lost. */
  keepAlive(): Promise<void>
  /** Everything up to this record has its effect, durably: after a crash the source goes on behind it. */
  done(offset: string): Promise<void>
}

/** A record that cannot be taken, and why. */
export interface ParkedRecord {
  topic: string
  partition: number
  record: SourceRecord
  code: string
  reason: string
}

/** Where records go that cannot be taken, so that they neither vanish nor hold up those behind them. */
export interface RecordPark {
  /** Resolves when they are durable there; perhaps twice after a crash. */
  park(records: readonly ParkedRecord[]): Promise<void>
}
