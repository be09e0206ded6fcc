import { describe, expect, test } from 'vitest'
import { eventually } from '../../tests/support/eventually.ts'
import type { OpenStream } from '../contract.ts'

export function describeLeasesContract(open: OpenStream): void {
  describe('leases', () => {
    test('one holder at a time; given back it is had at once, with a larger token', async () => {
      await using opened = await open()
      const { leases } = opened.stream
      const first = await leases.acquire('partition 1', 60_000)
      expect(await leases.acquire('partition 1', 60_000)).toBeNull()
      expect(await leases.acquire('partition 2', 60_000)).not.toBeNull()
      expect(await first?.renew()).toBe(true)
      await first?.release()
      const second = await leases.acquire('partition 1', 60_000)
      expect(second?.token).toBeGreaterThan(first?.token ?? Infinity)
    })

    test('one that ran out is had by another, and its holder cannot renew it nor give it back', async () => {
      await using opened = await open()
      const { leases } = opened.stream
      const late = await leases.acquire('name', 20)
      const next = await eventually(async () => {
        const lease = await leases.acquire('name', 60_000)
        expect(lease).not.toBeNull()
        return lease
      })
      expect(next?.token).toBeGreaterThan(late?.token ?? Infinity)
      expect(await late?.renew()).toBe(false)
      await late?.release()
      expect(await next?.renew()).toBe(true)
    })

    test('who has a place in a roster sees all who have one, in the order in which they came', async () => {
      await using opened = await open()
      const { leases } = opened.stream
      const join = (id: string, note = '', ttlMs = 60_000) => leases.join('crew', { id, note }, ttlMs)
      await join('b', 'one')
      await leases.join('other crew', { id: 'x', note: '' }, 60_000)
      expect(await join('a')).toEqual([
        { id: 'b', note: 'one' },
        { id: 'a', note: '' },
      ])
      expect(await join('b', 'two: {"é"}')).toEqual([
        { id: 'b', note: 'two: {"é"}' },
        { id: 'a', note: '' },
      ])
      await leases.leave('crew', 'b')
      await leases.leave('crew', 'nobody')
      expect(await join('a')).toEqual([{ id: 'a', note: '' }])
    })

    test('a place that is not kept runs out', async () => {
      await using opened = await open()
      const { leases } = opened.stream
      await leases.join('crew', { id: 'late', note: '' }, 20)
      await eventually(async () =>
        expect(await leases.join('crew', { id: 'a', note: '' }, 60_000)).toEqual([{ id: 'a', note: '' }]),
      )
    })

    test('of many that ask at once one gets it', async () => {
      await using opened = await open()
      const { leases } = opened.stream
      const asked = await Promise.all(Array.from({ length: 20 }, () => leases.acquire('name', 60_000)))
      expect(asked.filter((lease) => lease !== null)).toHaveLength(1)
    })
  })
}
