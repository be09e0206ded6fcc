import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileTimeFormat } from './time-format.ts'

function parse(text: string, format: string, zone = 'UTC'): string | null {
  const compiled = compileTimeFormat(format, zone)
  if (!compiled) throw new Error(`${format} in ${zone} does not compile`)
  const ms = compiled(text)
  return ms === null ? null : new Date(ms).toISOString()
}

test.each([
  ['2010-12-01 08:26:00', 'yyyy-MM-dd HH:mm:ss', 'UTC', '2010-12-01T08:26:00.000Z'],
  ['12/1/2010 8:26', 'M/d/yyyy H:mm', 'UTC', '2010-12-01T08:26:00.000Z'],
  ['01.12.2010', 'dd.MM.yyyy', '+02:00', '2010-11-30T22:00:00.000Z'],
  ['20101201T082600.125', 'yyyyMMddTHHmmss.SSS', '-05:30', '2010-12-01T13:56:00.125Z'],
  ['2012-02-29', 'yyyy-MM-dd', 'UTC', '2012-02-29T00:00:00.000Z'],
  ['2010-12-01T08:26:00+01:00', 'iso', 'UTC', '2010-12-01T07:26:00.000Z'],
  ['1291191960', 'epoch-seconds', 'UTC', '2010-12-01T08:26:00.000Z'],
  ['1291191960125', 'epoch-milliseconds', 'UTC', '2010-12-01T08:26:00.125Z'],
  ['2024-07-01 12:00', 'yyyy-MM-dd HH:mm', 'Europe/Berlin', '2024-07-01T10:00:00.000Z'],
  ['2024-01-01 12:00', 'yyyy-MM-dd HH:mm', 'Asia/Kathmandu', '2024-01-01T06:15:00.000Z'],
])('reads %s as %s in %s', (text, format, zone, expected) => {
  expect(parse(text, format, zone)).toBe(expected)
})

test('takes the first of an hour that comes twice, and moves one that does not exist on', () => {
  const format = 'yyyy-MM-dd HH:mm'
  expect(parse('2024-10-27 02:30', format, 'Europe/Berlin')).toBe('2024-10-27T00:30:00.000Z')
  expect(parse('2024-10-27 03:30', format, 'Europe/Berlin')).toBe('2024-10-27T02:30:00.000Z')
  expect(parse('2024-03-31 02:30', format, 'Europe/Berlin')).toBe('2024-03-31T01:30:00.000Z')
})

test.each([
  ['2011-02-29 00:00:00', 'yyyy-MM-dd HH:mm:ss'],
  ['2010-13-01 00:00:00', 'yyyy-MM-dd HH:mm:ss'],
  ['2010-12-01 24:00:00', 'yyyy-MM-dd HH:mm:ss'],
  ['2010-12-01 08:26', 'yyyy-MM-dd HH:mm:ss'],
  ['2010-12-01 08:26:00 ', 'yyyy-MM-dd HH:mm:ss'],
  ['0000-00-00 00:00:00', 'yyyy-MM-dd HH:mm:ss'],
  ['', 'yyyy-MM-dd HH:mm:ss'],
  ['2010-12-01', 'iso'],
  ['1e9', 'epoch-seconds'],
  ['99999999999999999', 'epoch-milliseconds'],
])('%s is no time in %s', (text, format) => {
  expect(parse(text, format)).toBeNull()
})

test.each([
  ['yy-MM-dd', 'UTC'],
  ['HH:mm', 'UTC'],
  ['yyyy-MM-dd', 'Mars/Olympus'],
  ['yyyy-MM-dd', '+2'],
])('%s in %s is no format', (format, zone) => {
  expect(compileTimeFormat(format, zone)).toBeNull()
})

test('every instant to the second reads as what was written', () => {
  const compiled = compileTimeFormat('yyyy-MM-dd HH:mm:ss', 'UTC')
  const years = { min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true }
  fc.assert(
    fc.property(fc.date(years), (date) => {
      const text = date.toISOString().slice(0, 19).replace('T', ' ')
      expect(compiled?.(text)).toBe(Math.floor(date.getTime() / 1_000) * 1_000)
    }),
  )
})
