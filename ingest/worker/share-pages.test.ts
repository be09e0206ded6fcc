import { expect, test } from 'vitest'
import { SharePages, withWholeShares } from './share-pages.ts'
import { WHOLE_SHARE, type WorkerShare } from './worker-share.ts'

const SHARE: WorkerShare = { after: 'b', below: 'g', does: () => false }
const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

const find = async (after: string | null, limit: number): Promise<string[]> =>
  IDS.filter((id) => after === null || id > after).slice(0, limit)

test('goes through the share, and then again', async () => {
  const pages = new SharePages(3)
  const next = () => pages.next(SHARE, find, (id) => id)
  expect(await next()).toEqual({ items: ['c', 'd', 'e'], isLast: false })
  expect(await next()).toEqual({ items: ['f'], isLast: true })
  expect(await next()).toEqual({ items: ['c', 'd', 'e'], isLast: false })
})

test('where a page ends with the share, the next one tells', async () => {
  const pages = new SharePages(4)
  const next = () => pages.next(SHARE, find, (id) => id)
  expect(await next()).toEqual({ items: ['c', 'd', 'e', 'f'], isLast: false })
  expect(await next()).toEqual({ items: [], isLast: false })
  expect((await next()).items).toEqual(['c', 'd', 'e', 'f'])
})

test('begins anew with another share', async () => {
  const pages = new SharePages(3)
  await pages.next(SHARE, find, (id) => id)
  expect((await pages.next(WHOLE_SHARE, find, (id) => id)).items).toEqual(['a', 'b', 'c'])
})

test('everything is looked at once in five seconds', () => {
  let now = 0
  const share = withWholeShares(
    () => SHARE,
    () => now,
  )
  expect(share()).toBe(SHARE)
  now = 5_000
  expect([share(), share()]).toEqual([WHOLE_SHARE, SHARE])
})
