import { expect, test } from 'vitest'
import { parseGatewayBenchOptions } from './options.ts'

test('measures everything once, shortly, when nothing else is said', () => {
  expect(parseGatewayBenchOptions(['gateway', '--json'])).toEqual({
    seconds: 3,
    rounds: 1,
    only: [],
    work: [],
    memory: false,
    deadlines: false,
    installPeers: false,
    cpuProfileFolder: undefined,
  })
})

test('takes lists of targets and loads', () => {
  const options = parseGatewayBenchOptions(['--only', 'floor,monogram /render', '--work=single c=128'])
  expect(options).toMatchObject({ only: ['floor', 'monogram /render'], work: ['single c=128'] })
})

test('refuses a duration that is none, and a flag that it does not know', () => {
  expect(() => parseGatewayBenchOptions(['--seconds', 'x'])).toThrow(
    '--seconds: expected a whole number from 1, got "x"',
  )
  expect(() => parseGatewayBenchOptions(['--fast'])).toThrow('--fast')
})
