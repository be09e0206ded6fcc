import { expect, test } from 'vitest'
import { createDirectPosts } from './direct-posts.ts'

test('finds what is at an address, and what is under one, whatever comes after it in one segment', () => {
  const posts = createDirectPosts()
  const [exact, under] = [() => undefined, () => undefined]
  posts.at('/door', exact)
  posts.under('/render/', under)
  expect([posts.find('/door'), posts.find('/door?x')]).toEqual([exact, undefined])
  expect(['/render/a', '/render/a?b=/c'].map((url) => posts.find(url))).toEqual([under, under])
  expect(
    ['/render/', '/render/?x', '/render/a/b', '/render', '//render/a'].map((url) => posts.find(url)),
  ).toEqual(Array.from({ length: 5 }, () => undefined))
})
