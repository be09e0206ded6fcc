/** Whether a text is one of the patterns. */
export type Glob = (text: string) => boolean

/**
 * Patterns in which `*` stands for any text, also for none; upper and lower case are the same. The parts between the
 * stars are looked for from left to right, each once, so no pattern can make a text expensive.
 */
export function compileGlobs(patterns: readonly string[]): Glob {
  const lower = patterns.map((pattern) => pattern.toLowerCase())
  const exact = new Set(lower.filter((pattern) => !pattern.includes('*')))
  const globs = lower.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('*'))
  if (lower.length === 0) return () => false
  return (text) => {
    const value = text.toLowerCase()
    return exact.has(value) || globs.some((parts) => matches(value, parts))
  }
}

function matches(value: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  if (value.length < first.length + last.length) return false
  if (!value.startsWith(first) || !value.endsWith(last)) return false
  const end = value.length - last.length
  let from = first.length
  for (const part of parts.slice(1, -1)) {
    const at = value.indexOf(part, from)
    if (at < 0 || at + part.length > end) return false
    from = at + part.length
  }
  return true
}
