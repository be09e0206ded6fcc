import type { OutboxEntry } from '../../core/profile/profile.ts'
import { integer, json, text } from '../values.ts'
import type { OutboxTrim } from './writes/outbox.ts'

/** Null when there is nothing in it: then its row is not in the index of outboxes. */
export function outboxColumn(outbox: readonly OutboxEntry[], what: string): string | null {
  return outbox.length === 0 ? null : json(outbox, what)
}

export function readOutbox(outbox: string | null): OutboxEntry[] {
  return outbox === null ? [] : (JSON.parse(outbox) as OutboxEntry[])
}

export function outboxTrims(trims: readonly { id: string; version: number }[]): OutboxTrim[] {
  return trims.map(({ id, version }) => [text(id, 'trim.id'), integer(version, 'trim.version')])
}
