import { createRelay, type Relay } from '../../ingest/relay.ts'
import type { ChangeFeed } from '../../stream/ports.ts'
import type { Documents } from './documents.ts'
import type { Step } from './step.ts'

export const SECOND_LOOK_MS = 100

export interface BrokenRelay {
  looksOnce?: boolean
  looksInVain?: boolean
  trimsBeforeTelling?: boolean
}

interface RelaysOptions {
  documents: Documents
  feed: ChangeFeed & { epoch(): string }
  step: Step
  clock: () => number
  broken: BrokenRelay
}

/** Two relays, each of which does one thing at a time. */
export class Relays {
  readonly #options: RelaysOptions
  readonly #relays: { relay: Relay; isBusy: boolean }[] = []
  /** Appends that reach a master which has been given up. */
  appendsToOldMaster = 0

  constructor(options: RelaysOptions) {
    this.#options = options
    for (let i = 0; i < 2; i++) this.#relays.push({ relay: this.#create(), isBusy: false })
  }

  async run(index: number): Promise<void> {
    const each = this.#relays[index]
    if (!each || each.isBusy) return
    each.isBusy = true
    // A feed that cannot be reached is tried again.
    await each.relay.carryFound(10).catch(() => undefined)
    each.isBusy = false
  }

  #create(): Relay {
    const { documents, step, clock, broken } = this.#options
    const profiles = {
      findOutbox: async () => {
        await step('the relay reads outboxes')
        const found = documents.findOutbox()
        if (broken.trimsBeforeTelling) {
          documents.trimOutbox(found.map(({ id, outbox }) => ({ id, version: outbox.at(-1)?.version ?? 0 })))
        }
        return found.map((each) => ({ ...each, mergedInto: null }))
      },
      trimOutbox: async (trims: readonly { id: string; version: number }[]) => {
        await step('the relay trims')
        documents.trimOutbox(trims)
      },
    }
    const products = { findOutbox: () => Promise.resolve([]), trimOutbox: () => Promise.resolve() }
    return createRelay({ profiles, products, feed: this.#feed(), clock })
  }

  #feed(): ChangeFeed {
    const { feed, step, broken } = this.#options
    return {
      ...feed,
      secondLookMs: broken.looksOnce ? 0 : SECOND_LOOK_MS,
      append: async (changes) => {
        const epochBefore = String(BigInt(feed.epoch()) - 1n)
        await step('the relay appends')
        if (this.appendsToOldMaster > 0) {
          this.appendsToOldMaster--
          return changes.map(() => ({ partition: 0, epoch: epochBefore }))
        }
        return feed.append(changes)
      },
      stillHeld: async (appended) => {
        await step('the relay looks again')
        const held = await feed.stillHeld(appended)
        return broken.looksInVain ? held.map(() => true) : held
      },
    }
  }
}
