import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { OpenStream } from '../contract.ts'

export function describeHintsContract(open: OpenStream): void {
  describe('hints', () => {
    test('reach who listens to the topic, until it stops', async () => {
      await using opened = await open()
      const { hints } = opened.stream
      const heard: string[] = []
      using _other = hints.subscribe('other', () => heard.push('other'))
      const work = hints.subscribe('work', () => heard.push('work'))
      // One may be lost while the listener connects: whoever sends does so again when there is work again.
      for (let sent = 0; heard.length === 0 && sent < 500; sent++) {
        hints.send('work')
        await delay(10)
      }
      expect(new Set(heard)).toEqual(new Set(['work']))
      work[Symbol.dispose]()
      const before = heard.length
      hints.send('work')
      for (let sent = 0; !heard.includes('other') && sent < 500; sent++) {
        hints.send('other')
        await delay(10)
      }
      expect(heard.filter((topic) => topic === 'work')).toHaveLength(before)
    })
  })
}
