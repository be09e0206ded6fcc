export const SCOPES = ['ingest', 'read', 'admin'] as const
/** `ingest` sends events; `read` queries the graph, subscribes and previews e-mails; `admin` may do everything. */
export type Scope = (typeof SCOPES)[number]

/** Who is calling. */
export interface Principal {
  /** `anonymous`: let in without saying who it is, so that nothing that asks for that (`@authenticated`) is shown. */
  kind: 'api-key' | 'browser-session' | 'anonymous'
  /** The key's id, `browser`, or `anonymous`. Also the source of events that it sends. */
  id: string
  name: string
  scopes: readonly Scope[]
}

/** What is kept of an API key: never the secret. */
export interface ApiKeyRecord {
  id: string
  name: string
  scopes: Scope[]
  /** HMAC-SHA-256 of the secret under the deployment's pepper, base64url. */
  secretHmac: string
  createdAt: number
  revokedAt: number | null
}
