import type { ExecutionResult, GraphQLError } from 'graphql'
import type { Held } from '../../core/freshness/demand.ts'

/** What subgraphs have said about what a request must show (`after` of its context). */
export interface DemandNotes {
  /** The demands that were not reached in time; null when no subgraph has said that it looked. */
  held: readonly Held[] | null
  /** Why the request cannot be answered at all: a receipt of no event. */
  refusal: GraphQLError | null
}

/** The members of the answer's `extensions` that say so: none when all that was demanded is shown. */
export interface StaleExtensions {
  stale?: true
  held?: readonly Held[]
  /** Where an answer from the cache is older than it should be: response paths without the numbers of lists. */
  staleFields?: readonly string[]
}

export function noteDemands(notes: DemandNotes, { errors, extensions }: ExecutionResult): void {
  notes.refusal ??= errors?.find((error) => error.extensions?.['code'] === 'RECEIPT_UNKNOWN') ?? null
  const told: unknown = extensions?.['held']
  if (!Array.isArray(told)) return
  const known = notes.held ?? []
  const added = told.filter(isHeld).filter(({ after }) => known.every((each) => each.after !== after))
  notes.held = [...known, ...added]
}

export function staleExtensions(notes: DemandNotes | null, staleFields: readonly string[]): StaleExtensions {
  const held = notes && notes.held?.length !== 0 ? { stale: true as const, held: notes.held ?? [] } : {}
  return staleFields.length === 0
    ? held
    : { stale: true, ...held, staleFields: [...new Set(staleFields)].toSorted() }
}

/** It may have come over a network. */
function isHeld(value: unknown): value is Held {
  if (typeof value !== 'object' || value === null) return false
  const { after, id, version } = value as Partial<Record<keyof Held, unknown>>
  return typeof after === 'string' && typeof id === 'string' && Number.isSafeInteger(version)
}
