import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MonogramError } from '../errors.ts'
import { eventTime, MAX_AHEAD_MS, parseTime } from './event-time.ts'

const noon = Date.UTC(2024, 0, 15, 12)

describe('parseTime', () => {
  it.each([
    ['2024-01-15T12:00:00Z', noon],
    ['2024-01-15t12:00:00z', noon],
    ['2024-01-15 12:00:00.000', noon],
    ['2024-01-15T12:00', noon],
    ['2024-01-15T12:00:00.123456789Z', noon + 123],
    ['2024-01-15T12:00:00,5Z', noon + 500],
    ['2024-01-15T14:30:00+02:30', noon],
    ['2024-01-15T07:00:00-0500', noon],
    ['2024-01-15', noon - 12 * 3_600_000],
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
    [noon, noon],
    [noon + 0.7, noon],
    [0, 0],
  ])('reads %s', (value, time) => {
    expect(parseTime(value)).toBe(time)
  })

  it.each([
    'yesterday',
    '2024',
    '2024-02-30T00:00:00Z',
    '2024-13-01',
    '2024-00-01',
    '2024-01-00',
    '2024-01-15T24:00:00Z',
    '2024-01-15T12:60:00Z',
    '2024-01-15T12:00:00+24:00',
    '1969-12-31T23:59:59Z',
    '0085-01-01T00:00:00Z',
    '10000-01-01T00:00:00Z',
    '',
    Number.NaN,
    -1,
    1_700_000_000,
    8.64e15,
    true,
    null,
    {},
  ])('cannot read %j', (value) => {
    expect(parseTime(value)).toBeNull()
  })

  it('reads every instant as it is written', () => {
    const instant = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) })
    fc.assert(
      fc.property(instant, (time) => {
        expect(parseTime(new Date(time).toISOString())).toBe(time)
      }),
    )
  })
})

describe('eventTime', () => {
  const minute = 60_000

  it('is the arrival when the event has no time', () => {
    expect(eventTime({}, { at: noon, sentAt: undefined })).toBe(noon)
    expect(eventTime({ timestamp: null }, { at: noon, sentAt: noon - minute })).toBe(noon)
  })

  it('takes out the error of the sender’s clock', () => {
    const fastByAnHour = { timestamp: noon + 59 * minute }
    expect(eventTime(fastByAnHour, { at: noon, sentAt: noon + 60 * minute })).toBe(noon - minute)
    expect(eventTime({ ...fastByAnHour, sentAt: noon + 60 * minute }, { at: noon, sentAt: undefined })).toBe(
      noon - minute,
    )
  })

  it('keeps the time as sent when sentAt is missing or cannot be read', () => {
    expect(eventTime({ timestamp: noon - minute }, { at: noon, sentAt: undefined })).toBe(noon - minute)
    expect(eventTime({ timestamp: noon - minute }, { at: noon, sentAt: 'soon' })).toBe(noon - minute)
  })

  it('does not correct again what another collector has corrected', () => {
    const exported = { timestamp: noon - 9 * minute, originalTimestamp: noon, sentAt: noon + minute }
    expect(eventTime(exported, { at: noon, sentAt: undefined })).toBe(noon - 9 * minute)
  })

  it('is never more than five minutes ahead of the arrival, and never before 1970', () => {
    expect(eventTime({ timestamp: noon + 60 * minute }, { at: noon, sentAt: undefined })).toBe(
      noon + MAX_AHEAD_MS,
    )
    expect(eventTime({ timestamp: 5 }, { at: noon, sentAt: '9999-01-01' })).toBe(0)
  })

  it('names the time that cannot be read', () => {
    expect(() => eventTime({ timestamp: 'yesterday' }, { at: noon, sentAt: undefined })).toThrow(
      new MonogramError(
        'EVENT_TIME_INVALID',
        'timestamp: expected a time from 1970 to 9999, as RFC 3339 text or milliseconds since 1970, got "yesterday"',
      ),
    )
    expect(() => eventTime({ originalTimestamp: 1_700_000_000 }, { at: noon, sentAt: undefined })).toThrow(
      'this looks like seconds',
    )
  })
})
