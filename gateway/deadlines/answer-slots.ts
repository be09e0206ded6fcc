export interface AnswerSlotsOptions {
  slotMs?: number
  /** What a request costs whose answer has to be made at its deadline, from reading it to sending what there is. */
  answerCostMs: () => number
  /** Of a slot's time, the rest being for other work. */
  share: number
}

/** A place in time at which one answer can be made at the latest. */
export interface AnswerSlot {
  /** On the clock of performance.now(). */
  readonly at: number
  release(): void
}

export interface AnswerSlots {
  /** The latest slot up to `wanted` that has room, but none before `earliest`: then null. */
  take(wanted: number, earliest: number): AnswerSlot | null
}

/**
 * Sees to it that no more answers come due at the same time than can be made in that time. When a subgraph is silent, all
 * requests that came together would give up together, and the last of them would wait for all others to be written: those
 * that find the time before their deadline taken give up a little earlier, while the loop has time. What finds no
 * place at all is more than can be answered in time whatever happens, and is known to be so before anything is asked.
 */
export function createAnswerSlots({ slotMs = 4, answerCostMs, share }: AnswerSlotsOptions): AnswerSlots {
  const taken = new Map<number, number>()

  return {
    take(wanted, earliest) {
      const capacity = Math.max(1, Math.floor((slotMs * share) / answerCostMs()))
      const first = Math.ceil(earliest / slotMs)
      let slot = Math.floor(wanted / slotMs)
      // No more steps than there are full slots, which the number of requests under way bounds.
      while (slot >= first && (taken.get(slot) ?? 0) >= capacity) slot--
      if (slot < first) return null
      taken.set(slot, (taken.get(slot) ?? 0) + 1)
      return {
        at: slot === Math.floor(wanted / slotMs) ? wanted : slot * slotMs,
        release: () => release(slot),
      }
    },
  }

  function release(slot: number): void {
    const left = (taken.get(slot) ?? 0) - 1
    if (left > 0) taken.set(slot, left)
    else taken.delete(slot)
  }
}
