import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * What takes 15 seconds and more: the longest first, and beside those of many processes those of one. By themselves, files that were never run begin by their size, and
 * some of the shortest take longest: one worker would be left with them when the others are done.
 */
const LONGEST = [
  'tests/crash/roles.test.ts',
  'tests/simulator/simulator.test.ts',
  'tests/rolling.test.ts',
  'tests/crash/crash.test.ts',
  'tests/simulator/broken-rules.test.ts',
  'tests/online-retail.test.ts',
  'tests/cache-explorer/broken-rules.test.ts',
  'tests/mongodb/shared-store.test.ts',
  'tests/bounded-state.test.ts',
  'tests/kafka.test.ts',
  'tests/roles.test.ts',
  'tests/shared-emails.test.ts',
  'tests/crash/retain.test.ts',
  'tests/gateway-command.test.ts',
  'stream/redis/faults.slow.test.ts',
]

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const order = await super.sort(files)
    const group = ({ project }: TestSpecification): number => project.config.sequence.groupOrder
    return order.toSorted((a, b) => group(a) - group(b) || placeOf(a) - placeOf(b))
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}`))
  return place === -1 ? LONGEST.length : place
}
