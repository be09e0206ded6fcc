import { describe, expect, it } from 'vitest'
import { MAX_WORD_LENGTH, searchWords, wordAndParts } from './search-words.ts'

describe('searchWords', () => {
  it('are lower case, without accents, each once', () => {
    expect(searchWords('  José  JOSE\tŁódź\u0000Straße ')).toEqual(['jose', 'łodz', 'straße'])
    expect(searchWords(' ')).toEqual([])
  })

  it('are no longer than what is kept of them', () => {
    expect(searchWords('x'.repeat(500))).toEqual(['x'.repeat(MAX_WORD_LENGTH)])
  })
})

describe('wordAndParts', () => {
  it('finds a word by what stands between its signs as well', () => {
    expect(wordAndParts('ada.king@example.com')).toEqual([
      'ada.king@example.com',
      'ada',
      'king',
      'example',
      'com',
    ])
    expect(wordAndParts('ada')).toEqual(['ada'])
  })
})
