import type { Migration } from '../migrations.ts'

/**
 * What was found out about an event when it was accepted (`meta`, JSON, null for most), the trail of a conflict, so
 * that a profile's conflicts are found without going through its events, and the pending events of an identity: how
 * far a profile lags behind what was acknowledged.
 */
export const eventCare: Migration = {
  version: 2,
  name: 'event care',
  sql: `
ALTER TABLE events ADD COLUMN meta TEXT;
CREATE INDEX events_identity_pending ON events (identity, received_at) WHERE state = 'pending';

ALTER TABLE event_conflicts ADD COLUMN trail_id TEXT;
UPDATE event_conflicts SET trail_id = (SELECT trail_id FROM events WHERE events.key = event_conflicts.key);
CREATE INDEX event_conflicts_by_trail ON event_conflicts (trail_id, received_at);
`,
}
