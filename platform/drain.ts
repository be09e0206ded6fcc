/**
 * How far a server is on its way out. While it drains it still serves, but says that it is not ready and closes each
 * connection after its answer; then it takes no more requests and finishes those that it has.
 */
export interface Drain {
  readonly phase: 'serving' | 'draining' | 'closing'
  begin(): void
  close(): void
}

export function createDrain(): Drain {
  let phase: Drain['phase'] = 'serving'
  return {
    get phase() {
      return phase
    },
    begin() {
      if (phase === 'serving') phase = 'draining'
    },
    close() {
      phase = 'closing'
    },
  }
}
