import type { Principal } from './principal.ts'

/** What a request showed to say who it is: headers as they came, whichever of them were there. */
export interface Credentials {
  /** The `authorization` header (or the member of that name in a socket's `connection_init`). */
  authorization?: string
  /** The `x-api-key` header. */
  apiKey?: string
  /** The `cookie` header, which may hold a browser's session. */
  cookie?: string
}

/** Who shows these credentials. Null when nothing, or nothing valid, was shown; rejects only when that cannot be found out. */
export type Authenticate = (credentials: Credentials) => Promise<Principal | null>
