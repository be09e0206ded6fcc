import { parseArgs } from 'node:util'
import { atLeastOne, list } from '../support/options.ts'

export interface CacheBenchOptions {
  /** Figures by what their names begin with (`near`, `90`, `Redis`, `acknowledged`); all when empty. */
  only: readonly string[]
  rounds: number
  /** Where to put CPU profiles of the gateways, from their start to their end; none without. */
  cpuProfileFolder: string | undefined
}

/** Throws on a flag that it does not know. */
export function parseCacheBenchOptions(args: readonly string[]): CacheBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      only: { type: 'string', default: '' },
      rounds: { type: 'string', default: '5' },
      'cpu-profile': { type: 'string' },
    },
  })
  return {
    only: list(values.only),
    rounds: atLeastOne('rounds', values.rounds),
    cpuProfileFolder: values['cpu-profile'],
  }
}
