import type { Migration } from '../migrations.ts'

/** Which fold made a trail's state, and which one could not apply an event that was parked. */
export const foldVersions: Migration = {
  version: 3,
  name: 'fold versions',
  sql: `
ALTER TABLE trails ADD COLUMN fold_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE events ADD COLUMN fold_version INTEGER;
`,
}
