/**
 * Errors that are made meanwhile have no stack. For what the world causes again and again, of which the stack says
 * nothing: taking and formatting one costs more than all else that such an error needs.
 */
export function withoutStacks<T>(make: () => T): T {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return make()
  } finally {
    Error.stackTraceLimit = limit
  }
}
