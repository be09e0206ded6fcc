import { expect, test } from 'vitest'
import type { ImportMessage } from './command-handlers.ts'
import { createProgressLine } from './progress-line.ts'

function at(seconds: number, share: number, phase: 'reading' | 'importing' = 'importing'): ImportMessage {
  return { phase, done: share * 1_000, total: 1_000, unit: 'rows', rows: 1_000 * seconds, seconds }
}

function show(errIsTerminal: boolean, messages: readonly ImportMessage[]): string {
  let text = ''
  const line = createProgressLine({ out: () => undefined, err: (part) => (text += part), errIsTerminal })
  for (const message of messages) line.show(message)
  line.clear()
  return text
}

test('is silent when it is over soon', () => {
  expect(show(true, [at(0.5, 0.5), at(1.9, 1)])).toBe('')
})

test('on a terminal one line is rewritten with share, rate and time left, and goes away', () => {
  const text = show(true, [at(1, 0.1), at(3, 0.5)])
  expect(text).toContain('importing ████████████░░░░░░░░░░░░ 50 %, 1,000 rows/s, 2 s left')
  expect(text).not.toContain('\n')
  expect(text.endsWith('\r\u001b[2K')).toBe(true)
})

test('elsewhere there is a plain line every ten seconds', () => {
  const text = show(false, [at(3, 0.1), at(5, 0.2), at(12, 0.5), at(13.5, 0.6)])
  expect(text.split('\n').map((line) => line.match(/\d+ %/)?.[0])).toEqual(['10 %', '60 %', undefined])
  expect(text).not.toContain('\u001b')
})
