import type { Migration } from '../migrations.ts'

/**
 * Which trails wait to be materialised, and what the relay has to carry, stand in tables of their own, as small as the
 * work that waits: ending it rewrites no document, each of which is a page of the log file.
 */
export const workBesideRows: Migration = {
  version: 7,
  name: 'work beside rows',
  sql: `
CREATE TABLE dirty_trails (
  id TEXT PRIMARY KEY NOT NULL,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO dirty_trails (id, version) SELECT id, version FROM trails WHERE dirty = 1;
DROP INDEX trails_dirty;
ALTER TABLE trails DROP COLUMN dirty;

CREATE TABLE profile_outboxes (
  id TEXT PRIMARY KEY NOT NULL,
  outbox TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO profile_outboxes (id, outbox) SELECT id, outbox FROM profiles WHERE outbox IS NOT NULL;
DROP INDEX profiles_outbox;
ALTER TABLE profiles DROP COLUMN outbox;

CREATE TABLE product_outboxes (
  id TEXT PRIMARY KEY NOT NULL,
  outbox TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO product_outboxes (id, outbox) SELECT id, outbox FROM products WHERE outbox IS NOT NULL;
DROP INDEX products_outbox;
ALTER TABLE products DROP COLUMN outbox;
`,
}
