/** A list of ids as one parameter, for `json_each(?)`. An id that no row can have is just not found. */
export function idList(ids: readonly string[]): string {
  for (const id of ids) {
    if (typeof id !== 'string') throw new TypeError(`expected an id, got ${String(id)}`)
  }
  return JSON.stringify(ids)
}
