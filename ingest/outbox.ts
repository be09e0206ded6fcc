import type { OutboxEntry } from '../core/profile/profile.ts'

/** At this many entries an outbox becomes one entry that covers them all, so that no document grows without bound. */
const MAX_OUTBOX_ENTRIES = 64

export function appendToOutbox(outbox: readonly OutboxEntry[], entry: OutboxEntry): OutboxEntry[] {
  const first = outbox[0]
  if (!first || outbox.length + 1 < MAX_OUTBOX_ENTRIES) return [...outbox, entry]
  return [{ from: first.from, version: entry.version, changed: [], at: entry.at }]
}

/** What a destination is to be told, as one change whatever had to wait; it needs no word of what it was told before. */
export function joinUnpublished(waiting: OutboxEntry | null, entry: OutboxEntry): OutboxEntry {
  if (waiting === null) return entry
  return { ...entry, from: waiting.from, changed: [...new Set([...waiting.changed, ...entry.changed])] }
}
