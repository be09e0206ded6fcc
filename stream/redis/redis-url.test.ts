import { describe, expect, test } from 'vitest'
import { parseRedisUrl } from './redis-url.ts'

describe('the address of Redis', () => {
  test('is one server, with what may be left out', () => {
    expect(parseRedisUrl('redis://cache')).toEqual({
      kind: 'standalone',
      tls: false,
      hosts: [{ host: 'cache', port: 6_379 }],
      master: null,
      username: null,
      password: null,
      sentinelPassword: null,
      db: 0,
    })
    expect(parseRedisUrl('rediss://app:p%40ss@10.0.0.1:7000/3')).toMatchObject({
      tls: true,
      hosts: [{ host: '10.0.0.1', port: 7_000 }],
      username: 'app',
      password: 'p@ss',
      db: 3,
    })
    expect(parseRedisUrl('redis://:only-a-password@[::1]:6380')).toMatchObject({
      hosts: [{ host: '::1', port: 6_380 }],
      username: null,
      password: 'only-a-password',
    })
  })

  test('is sentinels and the name of a master, or the nodes of a cluster', () => {
    expect(parseRedisUrl('redis+sentinel://u:p@a:26380,b/mymaster/2?sentinelPassword=s%26t')).toMatchObject({
      kind: 'sentinel',
      hosts: [
        { host: 'a', port: 26_380 },
        { host: 'b', port: 26_379 },
      ],
      master: 'mymaster',
      sentinelPassword: 's&t',
      db: 2,
    })
    expect(parseRedisUrl('rediss+cluster://a:7000,b:7001')).toMatchObject({
      kind: 'cluster',
      tls: true,
      hosts: [
        { host: 'a', port: 7_000 },
        { host: 'b', port: 7_001 },
      ],
    })
  })

  test.each([
    ['mongodb://u:secret@host', 'got "mongodb:…"'],
    ['secret', 'something that is no URL'],
    ['redis://u:secret@', 'got "redis:…"'],
    ['redis://u:secret@a,b', 'redis+sentinel:// or redis+cluster://'],
    ['redis://u:secret@host/x', 'the number of a database'],
    ['redis://u:secret@host:99999', 'not host[:port]'],
    ['redis://u:secret@host?family=6', '"family" is not an option'],
    ['redis+sentinel://u:secret@a', 'the name of the master'],
    ['redis+cluster://u:secret@a/1', 'database 0 alone'],
    ['redis://u:secret%zz@a', 'write it as %25'],
  ])('%s says what is wrong with it, and never the password', (url, reason) => {
    let message = ''
    try {
      parseRedisUrl(url)
    } catch (error) {
      expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
      message = String(error)
    }
    expect(message).toContain(reason)
    expect(message).toMatch(/^MonogramError: MONOGRAM_REDIS_URL: expected /)
    expect(message).not.toContain('secret')
  })
})
