import { expect, test } from 'vitest'
import { silentLog } from '../../platform/log.ts'
import type { TopicMessage, TopicWriter } from '../../platform/kafka/topic-writer.ts'
import { systemSleep } from '../../platform/sleep.ts'
import { aPerson } from '../../tests/support/people.ts'
import { eventually } from '../../tests/support/eventually.ts'
import { openMemoryStorage } from '../../tests/support/memory-storage.ts'
import { createPublishChanges } from './publish-changes.ts'

test('what changed is told under the key of its profile, and told no more', async () => {
  const { profiles } = openMemoryStorage()
  const profile = aPerson(
    'userId:ada',
    {},
    { unpublished: { from: 2, version: 4, changed: ['traits'], at: 1_000 } },
  )
  await profiles.put([{ profile, terms: [] }])
  const topic = openTopic()
  await using _publishing = createPublishChanges({
    profiles,
    writer: topic,
    sleep: systemSleep,
    log: silentLog(),
    pollMs: 1,
  })
  await eventually(async () => expect(await profiles.findUnpublished(null, 10)).toEqual([]))
  expect(topic.written).toHaveLength(1)
  expect(topic.written[0]?.key).toBe(profile.id)
  expect(JSON.parse(String(topic.written[0]?.value))).toEqual({
    profile: { id: profile.id },
    from: 2,
    version: 4,
    changed: ['traits'],
    mergedInto: null,
    at: '1970-01-01T00:00:01.000Z',
  })
})

test('a topic that cannot be written keeps everything waiting, and gets it once it can', async () => {
  const { profiles } = openMemoryStorage()
  const people = ['a', 'b'].map((name) =>
    aPerson(`userId:${name}`, {}, { unpublished: { from: 1, version: 1, changed: [], at: 0 } }),
  )
  await profiles.put(people.map((profile) => ({ profile, terms: [] })))
  const topic = openTopic(2)
  await using _publishing = createPublishChanges({
    profiles,
    writer: topic,
    sleep: (_ms, signal) => systemSleep(1, signal),
    log: silentLog(),
  })
  await eventually(async () => expect(await profiles.findUnpublished(null, 10)).toEqual([]))
  expect(new Set(topic.written.map(({ key }) => key))).toEqual(new Set(people.map(({ id }) => id)))
})

function openTopic(failures = 0): TopicWriter & { written: TopicMessage[] } {
  const written: TopicMessage[] = []
  let left = failures
  return {
    written,
    async write(messages) {
      if (left-- > 0) throw new Error('the brokers are away')
      written.push(...messages)
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
