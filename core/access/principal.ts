export const SCOPES = ['ingest', 'read', 'admin'] as const
/** `ingest` sends events; `read` queries the graph, subscribes and previews e-mails; `admin` may do everything. */
export type Scope = (typeof SCOPES)[number]

/** Who is calling. */
export interface Principal {
  kind: 'api-key' | 'browser-session'
  /** The key's id, or `browser`. Also the source of events that it sends. */
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
