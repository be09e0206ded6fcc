import type { Migration } from '../migrations.ts'

/**
 * Event keys, trail ids and profile ids are hashes, so an index on them is written all over. Rows therefore stand in
 * order of arrival under an integer, and only slim indexes are random. Bodies have a table of their own: marking an
 * event rewrites a row of some 250 bytes, not a page chain. What waits for work is found by partial indexes, which
 * are as small as the work that waits.
 */
export const firstTables: Migration = {
  version: 1,
  name: 'first tables',
  sql: `
CREATE TABLE migrations (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;

CREATE TABLE probes (
  id INTEGER PRIMARY KEY,
  writes INTEGER NOT NULL
) STRICT;

CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  trail_id TEXT NOT NULL,
  identity TEXT NOT NULL,
  source TEXT NOT NULL,
  message_id TEXT NOT NULL,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  time INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  body_hash TEXT NOT NULL,
  pairs TEXT,
  unlinked INTEGER,
  state TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  trail_version INTEGER,
  error TEXT
) STRICT;
CREATE INDEX events_by_trail ON events (trail_id, time, key);
CREATE INDEX events_pending ON events (trail_id, seq) WHERE state = 'pending';
CREATE INDEX events_parked ON events (seq) WHERE state = 'parked';
CREATE INDEX events_unlinked ON events (seq) WHERE unlinked = 1;

CREATE TABLE event_bodies (
  seq INTEGER PRIMARY KEY REFERENCES events (seq) ON DELETE CASCADE,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE event_conflicts (
  key TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  body TEXT NOT NULL,
  kept_body TEXT NOT NULL,
  UNIQUE (key, body_hash)
) STRICT;

CREATE TABLE trails (
  id TEXT PRIMARY KEY NOT NULL,
  identity TEXT NOT NULL,
  home TEXT NOT NULL,
  version INTEGER NOT NULL,
  dirty INTEGER,
  applied TEXT NOT NULL,
  state TEXT NOT NULL
) STRICT;
CREATE INDEX trails_by_home ON trails (home);
CREATE INDEX trails_dirty ON trails (id) WHERE dirty = 1;

CREATE TABLE profiles (
  id TEXT PRIMARY KEY NOT NULL,
  rev INTEGER NOT NULL,
  version INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  merged_into TEXT,
  next_change_at INTEGER,
  outbox TEXT,
  terms TEXT NOT NULL,
  document TEXT NOT NULL
) STRICT;
CREATE INDEX profiles_outbox ON profiles (id) WHERE outbox IS NOT NULL;
CREATE INDEX profiles_due ON profiles (next_change_at) WHERE next_change_at IS NOT NULL;
CREATE INDEX profiles_merged ON profiles (id) WHERE merged_into IS NOT NULL;

CREATE TABLE profile_terms (
  term TEXT NOT NULL,
  profile_id TEXT NOT NULL,
  PRIMARY KEY (term, profile_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE identity_rows (
  key TEXT PRIMARY KEY NOT NULL,
  home TEXT NOT NULL,
  profile_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_rows_by_profile ON identity_rows (profile_id);
CREATE INDEX identity_rows_by_home ON identity_rows (home);

CREATE TABLE identity_pairs (
  id TEXT PRIMARY KEY NOT NULL,
  low TEXT NOT NULL,
  high TEXT NOT NULL,
  event TEXT NOT NULL,
  at INTEGER NOT NULL,
  pending INTEGER
) STRICT;
CREATE INDEX identity_pairs_pending ON identity_pairs (at, id) WHERE pending = 1;

CREATE TABLE identity_log (
  n INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  done INTEGER NOT NULL,
  content TEXT NOT NULL
) STRICT;

CREATE TABLE products (
  id TEXT PRIMARY KEY NOT NULL,
  rev INTEGER NOT NULL,
  version INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  outbox TEXT,
  state TEXT NOT NULL
) STRICT;
CREATE INDEX products_outbox ON products (id) WHERE outbox IS NOT NULL;

CREATE TABLE api_keys (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  secret_hmac TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;

CREATE TABLE progress (
  id TEXT PRIMARY KEY NOT NULL,
  content TEXT NOT NULL
) STRICT;
`,
}
