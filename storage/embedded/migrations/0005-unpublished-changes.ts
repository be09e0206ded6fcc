import type { Migration } from '../migrations.ts'

/** What a destination was not told yet of a profile. */
export const unpublishedChanges: Migration = {
  version: 5,
  name: 'unpublished changes',
  sql: `
ALTER TABLE profiles ADD COLUMN unpublished TEXT;
CREATE INDEX profiles_unpublished ON profiles (id) WHERE unpublished IS NOT NULL;
`,
}
