import { expect } from 'vitest'
import type { Event } from '../../core/events/event.ts'
import type { PurchaseQuery } from '../../core/profile/trail-log.ts'
import type { ContractCase } from './case.ts'
import { aMark, anEvent } from './documents.ts'

export function eventPurchaseCases(test: ContractCase): void {
  test('tells the oldest and the newest folded event of each part of a purchase', async ({ events }) => {
    const orders = [30, 10, 20, 20].map((time, i) => about(`order-${i}`, time, { order_id: 7, total: 1 }))
    const mentions = [5, 15, 25].map((time, i) => about(`mention-${i}`, time, { order_id: '7' }))
    const refunds = [40, 50, 60].map((time, i) =>
      about(`refund-${i}`, time, { order_id: '7', total: 1 }, true),
    )
    const other = about('other', 1, { order_id: '8', total: 1 })
    const elsewhere = about('elsewhere', 1, { order_id: '7', total: 1 }, false, 'trail-2')
    const all = [...orders, ...mentions, ...refunds, other, elsewhere]
    await events.append([
      ...all,
      about('waits', 99, { order_id: '7', total: 1 }),
      about('odd', 0, { order_id: '7' }),
    ])
    await events.mark([...all.map(({ key }) => aMark(key)), aMark('odd', { outcome: 'parked', error: 'no' })])
    const found = await events.readPurchases([
      query('o:7'),
      query('o:9'),
      query('o:8'),
      query('o:7', { trail: 'trail-2' }),
    ])
    expect(found.map((list) => list.map(({ key }) => key).sort())).toEqual([
      ['mention-0', 'mention-2', 'order-0', 'order-1', 'refund-0', 'refund-2'],
      [],
      ['other'],
      ['elsewhere'],
    ])
    expect(found[2]).toEqual([{ ...other, state: 'folded', trailVersion: 1 }])
    expect(await events.readPurchases([])).toEqual([])
  })

  test('tells it as of a version and a position, without the events that are left out', async ({
    events,
  }) => {
    const orders = [10, 20, 30, 40].map((time, i) => about(`e${i}`, time, { order_id: 'o', total: 1 }))
    await events.append(orders)
    await events.mark(orders.map(({ key }, i) => aMark(key, { trailVersion: 4 - i })))
    const read = async (fields: Partial<PurchaseQuery>): Promise<string[]> => {
      const [found] = await events.readPurchases([query('o:o', fields)])
      return (found ?? []).map(({ key }) => key).sort()
    }
    const upTo = (version: number, before: { time: number; key: string } | null = null) => ({
      version,
      before,
    })
    expect(await read({ held: [upTo(9)] })).toEqual(['e0', 'e3'])
    expect(await read({ held: [upTo(2)] })).toEqual(['e2', 'e3'])
    expect(await read({ held: [upTo(1)] })).toEqual(['e3'])
    expect(await read({ held: [upTo(0)] })).toEqual([])
    expect(await read({ held: [] })).toEqual([])
    expect(await read({ held: [upTo(1), upTo(3, { time: 30, key: 'e2' })] })).toEqual(['e1', 'e3'])
    expect(await read({ held: [upTo(0), upTo(4, { time: 20, key: 'e1' })] })).toEqual(['e0'])
    expect(await read({ held: [upTo(9)], except: ['e0', 'e3', 'unknown'] })).toEqual(['e1', 'e2'])
  })

  test('lists the purchases of a trail, each once, in order, in pages', async ({ events }) => {
    const list = ['2', '1', '3', '1'].map((order_id, i) => about(`e${i}`, i, { order_id, total: 1 }))
    const refund = about('r', 1, { refund_id: 'x', total: 1 }, true)
    const others = [anEvent('view'), about('t2', 1, { order_id: '0', total: 1 }, false, 'trail-2')]
    await events.append([...list, refund, ...others, about('waits', 9, { order_id: '4', total: 1 })])
    await events.mark([...list, refund, ...others].map(({ key }) => aMark(key)))
    expect(await events.listPurchases('trail-1', null, 10)).toEqual(['o:1', 'o:2', 'o:3', 'r:x'])
    expect(await events.listPurchases('trail-1', 'o:1', 2)).toEqual(['o:2', 'o:3'])
    expect(await events.listPurchases('unknown', null, 2)).toEqual([])
  })

  test('reads and deletes what a base holds, and nothing else', async ({ events }) => {
    const keys = ['a', 'b', 'late', 'newer', 'waits', 'parked', 'linked', 'other', 'arrived']
    await events.append(
      keys.map((key) =>
        anEvent(key, {
          time: key === 'newer' ? 100 : 10,
          receivedAt: key === 'arrived' ? 2_001 : 2_000,
          ...(key === 'other' && { trailId: 'trail-2' }),
          ...(key === 'linked' && { pairs: [['anonymousId:a', 'userId:u']] }),
        }),
      ),
    )
    await events.append([anEvent('a', { bodyHash: 'hash-2' }), anEvent('newer', { bodyHash: 'hash-2' })])
    await events.mark(
      keys
        .filter((key) => key !== 'waits')
        .map((key) =>
          aMark(
            key,
            key === 'parked' ? { outcome: 'parked', error: 'no' } : { trailVersion: key === 'late' ? 3 : 2 },
          ),
        ),
    )
    const sealed = [{ trail: 'trail-1', before: 100, version: 2, receivedUntil: 2_000 }]
    const [found] = await events.readSealed(sealed, 10)
    expect(found?.map(({ key }) => key).sort()).toEqual(['a', 'b'])
    expect((await events.readSealed(sealed, 1))[0]).toHaveLength(1)
    expect(
      await events.readSealed(
        sealed.map((each) => ({ ...each, trail: 'unknown' })),
        1,
      ),
    ).toEqual([[]])
    expect(await events.readSealed([], 1)).toEqual([])

    await events.deleteFolded(['a', 'b', 'waits', 'parked', 'linked', 'unknown'])
    await events.deleteFolded(['a', 'b'])
    expect((await events.get(keys)).map(({ key }) => key).sort()).toEqual(
      ['arrived', 'late', 'linked', 'newer', 'other', 'parked', 'waits'].sort(),
    )
    expect(await events.stats()).toEqual({ events: 7, pending: 1, parked: 1, conflicts: 1 })
    expect(await events.countByTrails([['trail-1']], null)).toEqual([6])
    expect((await events.scan(null, null, 100)).events.map(({ key }) => key)).toEqual(
      keys.filter((key) => key !== 'a' && key !== 'b'),
    )
    expect(await events.append([anEvent('a', { time: 10 })])).toEqual(['stored'])
  })
}

function query(ref: string, fields: Partial<PurchaseQuery> = {}): PurchaseQuery {
  return { trail: 'trail-1', ref, held: [{ version: 1, before: null }], except: [], ...fields }
}

function about(
  key: string,
  time: number,
  properties: Record<string, string | number>,
  refund = false,
  trailId = 'trail-1',
): Event {
  const name = refund ? 'Order Refunded' : 'Order Completed'
  return anEvent(key, { time, trailId, name, body: { type: 'track', event: name, properties } })
}
