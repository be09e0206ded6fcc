import type { EventType } from '../../../core/events/event.ts'
import { purchaseOf } from '../../../core/events/purchase.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { Migration } from '../migrations.ts'
import type { Database } from '../sqlite.ts'
import { PURCHASE_PARTS } from '../writes/purchase-parts.ts'

/**
 * Which purchase an event is about, so that what a trail's state keeps no more is found in the log; the bases that
 * trails begin from once their first events are deleted, and what the deleted events about a purchase amount to.
 */
export const boundedState: Migration = {
  version: 6,
  name: 'bounded state',
  sql: `
ALTER TABLE events ADD COLUMN purchase TEXT;
ALTER TABLE events ADD COLUMN purchase_part INTEGER;

CREATE TABLE trail_bases (
  id TEXT PRIMARY KEY NOT NULL,
  rev INTEGER NOT NULL,
  before INTEGER NOT NULL,
  version INTEGER NOT NULL,
  fold_version INTEGER NOT NULL,
  state TEXT NOT NULL
) STRICT;

CREATE TABLE sealed_purchases (
  trail_id TEXT NOT NULL,
  ref TEXT NOT NULL,
  rev INTEGER NOT NULL,
  purchase TEXT NOT NULL,
  PRIMARY KEY (trail_id, ref)
) STRICT, WITHOUT ROWID;
`,
  run(db) {
    nameEarlierPurchases(db)
    db.exec(`
CREATE INDEX events_purchases ON events (trail_id, purchase, purchase_part, time, key)
  WHERE state = 'folded' AND purchase IS NOT NULL;`)
  },
}

const PAGE = 1_000

function nameEarlierPurchases(db: Database): void {
  const page = db.prepare<[seq: number, key: string, type: EventType, name: string, body: string]>(`
    SELECT e.seq, e.key, e.type, e.name, b.body FROM events AS e CROSS JOIN event_bodies AS b ON b.seq = e.seq
    WHERE e.type = 'track' AND e.seq > ? ORDER BY e.seq LIMIT ${PAGE}`)
  const update = db.prepare('UPDATE events SET purchase = ?, purchase_part = ? WHERE seq = ?')
  for (let after = 0, more = true; more;) {
    const rows = page.all(after)
    for (const [seq, key, type, name, body] of rows) {
      const purchase = purchaseOf({ key, type, name, body: JSON.parse(body) as JsonObject })
      if (purchase) update.run(purchase.ref, PURCHASE_PARTS[purchase.part], seq)
      after = seq
    }
    more = rows.length === PAGE
  }
}
