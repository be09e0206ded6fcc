import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../json.ts'
import type { EventType } from './event.ts'
import { eventIdentities } from './event-identities.ts'

function identities(body: JsonObject, type: EventType = 'identify') {
  const { sent, pairs } = eventIdentities(body, type)
  return { sent: [sent.kind, sent.raw, sent.key], pairs }
}

describe('the identity that an event was sent with', () => {
  it('is the first of userId, anonymousId, external ids, e-mail and phone', () => {
    const crm = [
      { type: 'shop', id: 's1' },
      { type: 'crm', id: 'c1' },
    ]
    const all = {
      userId: 'u1',
      anonymousId: 'a1',
      context: { externalIds: crm },
      traits: { email: 'Ada@Example.com', phone: '+44 20 7946 0958' },
    }
    expect(identities(all).sent).toEqual(['userId', 'u1', 'userId:u1'])
    expect(identities({ ...all, userId: null }).sent).toEqual(['anonymousId', 'a1', 'anonymousId:a1'])
    expect(identities({ ...all, userId: null, anonymousId: '' }).sent).toEqual(['crm', 'c1', 'crm:c1'])
    expect(identities({ traits: all.traits }).sent).toEqual([
      'email',
      'Ada@Example.com',
      'email:ada@example.com',
    ])
    expect(identities({ traits: { phone: '+44 20 7946 0958' } }).sent).toEqual([
      'phone',
      '+44 20 7946 0958',
      'phone:+442079460958',
    ])
  })

  it('is kept as sent beside the key that it stands for', () => {
    expect(identities({ userId: ' u1 ' }).sent).toEqual(['userId', ' u1 ', 'userId:u1'])
    expect(identities({ userId: 17850 }).sent).toEqual(['userId', '17850', 'userId:17850'])
  })

  it('is never a placeholder', () => {
    expect(identities({ userId: 'null', anonymousId: 'a1' })).toEqual({
      sent: ['anonymousId', 'a1', 'anonymousId:a1'],
      pairs: [],
    })
    expect(() => identities({ userId: 'Anonymous', anonymousId: '0' })).toThrow('expected a userId')
  })
})

describe('the pairs that an event names', () => {
  it('join the identity it was sent with to each other key', () => {
    const body = {
      userId: 'u1',
      anonymousId: 'a1',
      traits: { email: 'Ada@Example.com' },
      context: {
        traits: { phone: '02079460958', email: 'other@example.com' },
        externalId: [{ type: 'crm', id: 7 }],
      },
    }
    expect(identities(body).pairs).toEqual([
      ['anonymousId:a1', 'userId:u1'],
      ['crm:7', 'userId:u1'],
      ['email:ada@example.com', 'userId:u1'],
      ['phone:02079460958', 'userId:u1'],
    ])
  })

  it('are named once each', () => {
    const ids = [
      { type: 'email', id: 'ADA@example.com' },
      { type: 'user_id', id: 'u1', collection: 'users' },
      { type: 'account', id: 'x', collection: 'accounts' },
    ]
    const body = { userId: 'u1', context: { externalIds: ids, traits: { email: 'ada@example.com' } } }
    expect(identities(body, 'track').pairs).toEqual([['email:ada@example.com', 'userId:u1']])
  })

  it('leave out the e-mail address of a group, and one that is none', () => {
    expect(identities({ userId: 'u1', traits: { email: 'info@example.com' } }, 'group').pairs).toEqual([])
    expect(identities({ userId: 'u1', traits: { email: 'unknown' } }).pairs).toEqual([])
    expect(identities({ userId: 'u1', traits: { email: ['ada@example.com'] } }).pairs).toEqual([])
  })

  it('join what an alias says went before', () => {
    expect(identities({ userId: 'u1', previousId: 'a1' }, 'alias').pairs).toEqual([
      ['anonymousId:a1', 'userId:u1'],
    ])
    expect(identities({ userId: 'u1', previousId: 'a1' }, 'identify').pairs).toEqual([])
  })

  it('come only from external ids of a readable kind', () => {
    expect(() => identities({ userId: 'u1', externalIds: [{ type: 'a:b', id: 'x' }] })).toThrow(
      'externalIds.type: expected a letter and up to 63 letters',
    )
    expect(() => identities({ userId: 'u1', externalIds: 'x' })).toThrow('externalIds: expected a list')
    const many = Array.from({ length: 21 }, (_, i) => ({ type: 'crm', id: i + 1 }))
    expect(() => identities({ userId: 'u1', externalIds: many })).toThrow('expected at most 20, got 21')
  })
})
