import { expect, test } from 'vitest'
import { summarizeProfile } from './profile-summary.ts'

test('gives each layer its share of the busy time', () => {
  const frame = (functionName: string, url: string) => ({ functionName, url, lineNumber: 9 })
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(idle)', '') },
      { id: 2, callFrame: frame('walk', 'file:///srv/dist/gateway/engine/walk.js') },
      { id: 3, callFrame: frame('write', 'file:///srv/node_modules/undici/lib/dispatcher/client.js') },
      { id: 4, callFrame: frame('(garbage collector)', '') },
    ],
    samples: [1, 2, 3, 2, 4],
    timeDeltas: [5_000, 2_000, 1_000, 4_000, 1_000],
  }
  expect(summarizeProfile(profile)).toEqual({
    busyMs: 8,
    layers: [
      ['gateway/engine/walk.js', 0.75],
      ['undici', 0.125],
      ['(garbage collector)', 0.125],
    ],
    functions: [
      ['walk  gateway/engine/walk.js:10', 0.75],
      ['write  undici:10', 0.125],
      ['(garbage collector)  (garbage collector):10', 0.125],
    ],
  })
})

test('leaves out what came before the last seconds', () => {
  const callFrame = { functionName: 'load', url: 'node:internal/modules', lineNumber: 0 }
  const profile = { nodes: [{ id: 1, callFrame }], samples: [1, 1, 1], timeDeltas: [9e6, 1e6, 1e6] }
  expect(summarizeProfile(profile, 2).busyMs).toBe(2_000)
})
