import type { CacheRead } from '../ports.ts'
import { entityKey, metaKey, streamKey } from './keys.ts'
import { MAX_ENTITIES_A_CALL } from './sections.ts'
import { MAX_SELECTIONS, Selections } from './selections.ts'

/** A call of the script that reads. */
export interface ReadCall {
  keys: string[]
  /** Of the partitions, in the order of their keys. */
  epochs: string
  /** The selection of each read, as the script wants it. */
  chosen: string
  selections: Selections
  /** Which of the reads its answers are to. */
  indexes: number[]
}

export interface ReadCallsOptions {
  /** In the order of the reads. */
  partitions: readonly number[]
  /** By partition: the epoch in which it is asked; nothing is asked of one that has none. */
  epochs: readonly (string | undefined)[]
  /** Whether every key of a call has to be in one slot, and so of one partition. */
  isCluster: boolean
}

/** As few calls as reads can be made with: those of a partition stand together, since its epoch is looked up for them. */
export function readCalls(
  reads: readonly CacheRead[],
  { partitions, epochs, isCluster }: ReadCallsOptions,
): ReadCall[] {
  // By hand, not by sections.ts: every read that is not kept nearer goes through here, and what it costs is measured.
  const byPartition: number[][] = []
  for (let index = 0; index < reads.length; index++) {
    const partition = partitions[index] as number
    ;(byPartition[partition] ??= []).push(index)
  }
  const calls: ReadCall[] = []
  let call: ReadCall | null = null
  for (let partition = 0; partition < byPartition.length; partition++) {
    const indexes = byPartition[partition]
    const epoch = epochs[partition]
    if (!indexes || epoch === undefined) continue
    let isBegun = false
    for (const index of indexes) {
      if (!call || isFull(call) || (isCluster && !isBegun)) {
        call = { keys: [], epochs: '', chosen: '', selections: new Selections(), indexes: [] }
        calls.push(call)
        isBegun = false
      }
      if (!isBegun) begin(call, partition, epoch)
      isBegun = true
      const read = reads[index] as CacheRead
      call.keys.push(entityKey(partition, read.entity))
      call.chosen += String.fromCharCode(SPACE + call.selections.numberOf(read))
      call.indexes.push(index)
    }
  }
  return calls
}

const SPACE = 32

function begin(call: ReadCall, partition: number, epoch: string): void {
  call.keys.push(metaKey(partition), streamKey(partition))
  call.epochs += `${epoch} `
  call.chosen += ' '
}

function isFull({ indexes, selections }: ReadCall): boolean {
  return indexes.length === MAX_ENTITIES_A_CALL || selections.size === MAX_SELECTIONS
}
