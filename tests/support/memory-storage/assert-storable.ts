/** @throws TypeError for a value that no store may be given, however deep it is. */
export function assertStorable(value: unknown, what = 'value'): void {
  if (typeof value === 'string') {
    if (/[\0\p{Cs}]/u.test(value)) throw new TypeError(`${what}: text that cannot be kept`)
    return
  }
  if (typeof value === 'number' && Number.isFinite(value)) return
  if (typeof value === 'boolean' || value === null) return
  if (Array.isArray(value)) {
    for (const item of value) assertStorable(item, what)
    return
  }
  const prototype: unknown = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError(`${what}: cannot be kept`)
  for (const [key, member] of Object.entries(value as object)) {
    assertStorable(key, what)
    assertStorable(member, key)
  }
}

/** @throws TypeError */
export function assertInteger(value: number, what: string): void {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${what}: expected an integer, got ${String(value)}`)
}

/** @throws TypeError */
export function assertIds(ids: readonly string[]): void {
  for (const id of ids) if (typeof id !== 'string') throw new TypeError(`expected an id, got ${String(id)}`)
}
