/** The subgraphs of the graph, each of which can be served by processes of its own. */
export const SUBGRAPHS = ['profiles', 'events', 'products', 'recommendations'] as const
export type SubgraphName = (typeof SUBGRAPHS)[number]

/**
 * What a process does. `gateway`: the public doors for readers; it has no store. `ingest`: the public doors for events.
 * `worker`: carries events into profiles. `subgraph:…`: answers the gateway alone.
 */
export const ROLES = [
  'gateway',
  'ingest',
  'worker',
  ...SUBGRAPHS.map((name): `subgraph:${SubgraphName}` => `subgraph:${name}`),
] as const
export type Role = (typeof ROLES)[number]

/** Roles from a comma list, each once and in the order of ROLES; or the first text that is none. */
export function parseRoles(
  text: string,
): { kind: 'roles'; roles: readonly Role[] } | { kind: 'unknown'; role: string } {
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !(ROLES as readonly string[]).includes(name))
  if (unknown !== undefined) return { kind: 'unknown', role: unknown }
  return { kind: 'roles', roles: ROLES.filter((role) => names.includes(role)) }
}

/** Where a process that serves a subgraph answers the gateway. */
export function subgraphPath(name: string): string {
  return `/subgraphs/${name}`
}
