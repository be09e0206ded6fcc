import { describe, expect, test } from 'vitest'
import { openDatabase, sqliteErrorCode, type SqlValue } from './sqlite.ts'

describe('strict statements', () => {
  test.each([
    ['undefined', undefined],
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['a boolean', true],
    ['a Date', new Date(0)],
    ['a bigint', 1n],
    ['an object', {}],
    ['text with a NUL', 'a\0b'],
    ['half of a surrogate pair', 'a\ud83d'],
  ])('refuse %s with TypeError', (_, value) => {
    using db = closing(openDatabase(':memory:', { busyTimeoutMs: 0 }))
    const statement = db.prepare('SELECT ?')
    expect(() => statement.get(value as SqlValue)).toThrow(TypeError)
    expect(() => statement.all(value as SqlValue)).toThrow(TypeError)
    expect(() => statement.run(value as SqlValue)).toThrow(TypeError)
  })

  test.each([
    ['SELECT ?, ?', 2],
    ['SELECT ?1, ?2, ?1', 2],
    ["SELECT '?', 'it''s ?', ?", 1],
    ['SELECT 1', 0],
  ])('want the number of parameters of %s', (sql, count) => {
    using db = closing(openDatabase(':memory:', { busyTimeoutMs: 0 }))
    const statement = db.prepare(sql)
    expect(statement.all(...Array<number>(count).fill(7))).toHaveLength(1)
    expect(() => statement.all(...Array<number>(count + 1).fill(7))).toThrow(`${count} parameters expected`)
    if (count > 0) expect(() => statement.all(...Array<number>(count - 1).fill(7))).toThrow(TypeError)
  })

  test('give back what was bound', () => {
    using db = closing(openDatabase(':memory:', { busyTimeoutMs: 0 }))
    const values = ['', 'Žofie 👩‍👩‍👧', 0, -1, 1.5, Number.MAX_SAFE_INTEGER, null]
    expect(db.prepare('SELECT ?, ?, ?, ?, ?, ?, ?').get(...values)).toEqual(values)
  })
})

test('tells the result code of what SQLite refused, and of nothing else', () => {
  using db = closing(openDatabase(':memory:', { busyTimeoutMs: 0 }))
  db.exec("CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES ('x')")
  const insert = db.prepare('INSERT INTO t VALUES (?)')
  expect(codeOf(() => insert.run('x'))).toBe(19)
  expect(codeOf(() => db.exec('nonsense'))).toBe(1)
  expect(sqliteErrorCode(new TypeError('another'))).toBeNull()
})

function codeOf(call: () => unknown): number | null {
  try {
    call()
  } catch (error) {
    return sqliteErrorCode(error)
  }
  throw new Error('expected an error')
}

function closing<T extends { close(): void }>(resource: T): T & Disposable {
  return Object.assign(resource, { [Symbol.dispose]: () => resource.close() })
}
