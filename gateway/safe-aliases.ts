/**
 * Aliases as they stand in plans and in merged data. A client may give a field the name of another one (`id: nick`),
 * and a plan would then read the wrong value as the key of the entity. So every alias gets a prefix that no field of
 * the graph has (`createGateway` checks that): in merged data a name without it is always the field of that name.
 */
const PREFIX = '_as_'

export function safeAlias(alias: string): string {
  return PREFIX + alias
}

/** The client's name again; a name without the prefix stays as it is. */
export function clientAlias(name: string): string {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name
}

export function isReservedFieldName(name: string): boolean {
  return name.startsWith(PREFIX)
}
