import { join } from 'node:path'
import { openConnection } from '../../storage/embedded/connection.ts'

/** As if all events in the data folder had arrived so many days earlier. Nobody may have it open. */
export function arrivedEarlier(dataDir: string, days: number): void {
  const db = openConnection(join(dataDir, 'monogram.db'), 'writer')
  try {
    db.exec(`UPDATE events SET received_at = received_at - ${days * 86_400_000}`)
  } finally {
    db.close()
  }
}
