import type { Principal } from '../../core/access/principal.ts'

/** Who asks while documents are rehearsed. What stand-ins answer is not true: nothing of it is kept. */
export const REHEARSAL: Principal = {
  kind: 'anonymous',
  id: 'rehearsal',
  name: 'rehearsal',
  scopes: ['read', 'admin'],
}
