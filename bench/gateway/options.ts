import { parseArgs } from 'node:util'
import { atLeastOne, list } from '../support/options.ts'

export interface GatewayBenchOptions {
  /** How long each load lasts. */
  seconds: number
  rounds: number
  /** Targets by name; all when empty. */
  only: readonly string[]
  /** Loads by name (`single c=128`, …); all when empty. */
  work: readonly string[]
  /** Instead of the comparison: a million requests with ten thousand documents. */
  memory: boolean
  /** Instead of the comparison: how well renders keep their deadlines, fault by fault. */
  deadlines: boolean
  installPeers: boolean
  /** Where to put CPU profiles of Monogram; none without. */
  cpuProfileFolder: string | undefined
}

/** Throws on a flag that it does not know. */
export function parseGatewayBenchOptions(args: readonly string[]): GatewayBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
      work: { type: 'string', default: '' },
      memory: { type: 'boolean', default: false },
      deadlines: { type: 'boolean', default: false },
      'install-peers': { type: 'boolean', default: false },
      'cpu-profile': { type: 'string' },
    },
  })
  return {
    seconds: atLeastOne('seconds', values.seconds),
    rounds: atLeastOne('rounds', values.rounds),
    only: list(values.only),
    work: list(values.work),
    memory: values.memory,
    deadlines: values.deadlines,
    installPeers: values['install-peers'],
    cpuProfileFolder: values['cpu-profile'],
  }
}
