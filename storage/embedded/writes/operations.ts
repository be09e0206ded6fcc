import type { Database } from '../sqlite.ts'
import { apiKeyWrites, type ApiKeyWrites } from './api-keys.ts'
import { eventWrites, type EventWrites } from './events.ts'
import { identityWrites, type IdentityWrites } from './identities.ts'
import { productWrites, type ProductWrites } from './products.ts'
import { profileWrites, type ProfileWrites } from './profiles.ts'
import { progressWrites, type ProgressWrites } from './progress.ts'
import { sealedPurchaseWrites, type SealedPurchaseWrites } from './sealed-purchases.ts'
import { trailWrites, type TrailWrites } from './trails.ts'

/**
 * Every write there is, by name: what a port call sends to the writer, in this thread or another. Arguments and
 * results are plain data. Each runs inside the writer's transaction and may be run again when that is rolled back.
 */
export interface WriteOperations
  extends
    EventWrites,
    TrailWrites,
    ProfileWrites,
    IdentityWrites,
    ProductWrites,
    SealedPurchaseWrites,
    ApiKeyWrites,
    ProgressWrites,
    ProbeWrites {}

export type WriteName = keyof WriteOperations
export type WriteArgument<N extends WriteName> = Parameters<WriteOperations[N]>[0]
export type WriteResult<N extends WriteName> = ReturnType<WriteOperations[N]>

export function writeOperations(db: Database): WriteOperations {
  return {
    ...eventWrites(db),
    ...trailWrites(db),
    ...profileWrites(db),
    ...identityWrites(db),
    ...productWrites(db),
    ...sealedPurchaseWrites(db),
    ...apiKeyWrites(db),
    ...progressWrites(db),
    ...probeWrites(db),
  }
}

interface ProbeWrites {
  /** A real write of so many bytes, however few: nothing else shows that the disk takes one. */
  probe(bytes: number): null
}

function probeWrites(db: Database): ProbeWrites {
  const write = db.prepare(
    'INSERT INTO probes (id, writes) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET writes = writes + 1',
  )
  const fill = db.prepare(
    `INSERT OR REPLACE INTO progress (id, content) VALUES ('probe', '"' || hex(zeroblob(?)) || '"')`,
  )
  const clear = db.prepare("DELETE FROM progress WHERE id = 'probe'")
  return {
    probe: (bytes) => {
      write.run()
      if (bytes > 0) fill.run(Math.ceil(bytes / 2))
      else clear.run()
      return null
    },
  }
}
