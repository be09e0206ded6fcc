import { expect, test } from 'vitest'
import { markOf, readAnswer } from './read-answer.ts'

const READ = {
  entity: { subgraph: 'profiles', type: 'Profile', id: 'p1' },
  class: 'all',
  fields: ['email', 'locale', 'firstName'],
}

test('reads the lines of an entity: fields that are not held are none of the entry', () => {
  expect(readAnswer('3\n17\n4 100 200 held v3:all:p1\n"ada@example.com"\n\n"Ada"', READ, 5, '99')).toEqual({
    entry: {
      id: 'p1',
      version: 4,
      fields: { email: '"ada@example.com"', firstName: '"Ada"' },
      storedAt: 100,
      expiresAt: 200,
    },
    token: '5.99.17',
    fence: 3,
  })
})

test('an entity of which nothing is held has a token and its fence', () => {
  const nothing = { entry: null, token: '5.99.17', fence: 3 }
  expect(readAnswer('3\n17', READ, 5, '99')).toEqual(nothing)
  expect(readAnswer('3\n17\n\n\n\n', READ, 5, '99')).toEqual(nothing)
  expect(readAnswer('3\n17\n4 100 200 held v3:all:p1\n\n\n', READ, 5, '99')).toEqual(nothing)
})

test('that there is no such entity is an entry without fields', () => {
  const { entry } = readAnswer('3\n17\n4 100 200 absent v3:all:p1\n\n\n', READ, 5, '99')
  expect(entry).toEqual({ id: 'p1', version: 4, fields: {}, storedAt: 100, expiresAt: 200, isAbsent: true })
})

test('what is of another entity, or another class, is nothing', () => {
  for (const whose of ['v3:all:p2', 'v4:some:p1', 'v3:all:p1 v3:all:p1', '']) {
    expect(
      readAnswer(`3\n17\n4 100 200 held ${whose}\n"ada@example.com"\n\n`, READ, 5, '99').entry,
    ).toBeNull()
  }
})

test('an id may hold what stands between the parts', () => {
  const entity = { ...READ.entity, id: 'a b v3:all:p1' }
  const answer = `3\n17\n4 100 200${markOf(entity.id, 'all', false)}\n"a"\n\n`
  expect(readAnswer(answer, { ...READ, entity }, 5, '99').entry).toMatchObject({
    id: 'a b v3:all:p1',
    version: 4,
  })
  expect(readAnswer(answer, READ, 5, '99').entry).toBeNull()
})
