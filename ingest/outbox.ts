import type { OutboxEntry } from '../core/profile/profile.ts'

/** At this many entries an outbox becomes one entry that covers them all, so that no document grows without bound. */
const MAX_OUTBOX_ENTRIES = 64

export function appendToOutbox(outbox: readonly OutboxEntry[], entry: OutboxEntry): OutboxEntry[] {
  const first = outbox[0]
  if (!first || outbox.length + 1 < MAX_OUTBOX_ENTRIES) return [...outbox, entry]
  return [{ from: first.from, version: entry.version, changed: [], at: entry.at }]
}
