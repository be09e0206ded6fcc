import type { Migration } from '../migrations.ts'

/**
 * What became of each link stands beside it, so that a component of linked keys can be decided anew and a profile can
 * say why its keys belong together. `refused` is 1 where the link joined nothing. A key's row counts its links, which
 * the limits on shared identifiers look at. What earlier versions decided is brought over from their log.
 */
export const identityDecisions: Migration = {
  version: 4,
  name: 'identity decisions',
  sql: `
ALTER TABLE identity_pairs ADD COLUMN first_batch INTEGER;
ALTER TABLE identity_pairs ADD COLUMN batch INTEGER;
ALTER TABLE identity_pairs ADD COLUMN decision TEXT;
ALTER TABLE identity_pairs ADD COLUMN refused INTEGER;

ALTER TABLE identity_rows ADD COLUMN links INTEGER NOT NULL DEFAULT 0;
ALTER TABLE identity_rows ADD COLUMN user_links INTEGER NOT NULL DEFAULT 0;
ALTER TABLE identity_rows ADD COLUMN merges INTEGER NOT NULL DEFAULT 0;

UPDATE identity_pairs SET
  first_batch = decided.n,
  batch = decided.n,
  refused = CASE WHEN json_extract(decided.decision, '$.kind') = 'refuse' THEN 1 END,
  decision = CASE
    WHEN json_extract(decided.decision, '$.reason') = 'two-user-ids' THEN json_object(
      'kind', 'drop', 'key', CASE WHEN substr(high, 1, 7) = 'userId:' THEN low ELSE high END,
      'reason', 'too-many-of-kind', 'of', 'userId')
    ELSE decided.decision
  END
FROM (
  SELECT n, json_extract(value, '$.pairId') AS id, json_extract(value, '$.decision') AS decision
  FROM identity_log, json_each(content, '$.answers')
) AS decided
WHERE identity_pairs.id = decided.id;

CREATE INDEX identity_pairs_by_low ON identity_pairs (low);
CREATE INDEX identity_pairs_by_high ON identity_pairs (high);
CREATE INDEX identity_pairs_refused ON identity_pairs (id) WHERE refused = 1;

UPDATE identity_rows SET
  links = (SELECT count(*) FROM identity_pairs WHERE low = identity_rows.key AND batch IS NOT NULL)
    + (SELECT count(*) FROM identity_pairs WHERE high = identity_rows.key AND batch IS NOT NULL),
  user_links = (SELECT count(*) FROM identity_pairs WHERE low = identity_rows.key AND substr(high, 1, 7) = 'userId:' AND batch IS NOT NULL)
    + (SELECT count(*) FROM identity_pairs WHERE high = identity_rows.key AND substr(low, 1, 7) = 'userId:' AND batch IS NOT NULL);

CREATE TABLE identity_undos (
  id TEXT PRIMARY KEY NOT NULL,
  low TEXT NOT NULL,
  high TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  at INTEGER NOT NULL,
  batch INTEGER
) STRICT;
CREATE INDEX identity_undos_by_low ON identity_undos (low);
CREATE INDEX identity_undos_pending ON identity_undos (at, id) WHERE batch IS NULL;
`,
}
