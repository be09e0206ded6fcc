import { compileMerge, type Merge } from '../compile-merge.ts'
import type { CompiledPlan, EntityFetch, RootFetch, Taken } from '../compile-plan.ts'
import type { FieldTree } from '../field-tree.ts'
import type { ObjectShape, ValueShape } from '../shape/compile-shape.ts'
import type { SupergraphTypes } from '../supergraph-types.ts'
import { compileReader, type ReadText } from './compile-reader.ts'
import {
  layoutOf,
  type CompositeLayout,
  type MemberLayout,
  type ObjectLayout,
  type Place,
  type Runs,
} from './layout.ts'
import { fetchesOf, memberUsesOf, pathOf, type MemberUses } from './member-uses.ts'

/**
 * How the answers of an operation's fetches are read without being parsed, so that what only goes through to the client
 * stays the text that it is. Any answer may still come parsed: merging and writing take both.
 */
export interface TextLane {
  /** Of the fetches that can be read so. */
  readers: ReadonlyMap<RootFetch | EntityFetch, ReadText>
  /** Of all that these fetches bring; else the tree's own merge holds. */
  merges: ReadonlyMap<Taken, Merge>
  /** What the writer finds instead of fields. */
  runs: Runs
}

/**
 * Null when no fetch can be read so. Subgraphs in this process give objects; the cache keeps fields one by one; the answer
 * of a union has to be looked at.
 */
export function compileTextLane(
  plan: CompiledPlan,
  shape: ObjectShape,
  types: SupergraphTypes,
): TextLane | null {
  const fetches = fetchesOf(plan.step)
  const uses = memberUsesOf(fetches)
  const readers = new Map<RootFetch | EntityFetch, ReadText>()
  const merges = new Map<Taken, Merge>()
  const runs: Runs = new Map()
  for (const fetch of fetches) {
    if (!fetch.subgraph.speaksText || fetch.cached) continue
    const layouts = takenOf(fetch).map((taken) => layoutOfTaken(taken, fetch, shape, uses, runs))
    if (!layouts.every((layout) => layout !== null)) continue
    readers.set(fetch, untilItFails(compileReader(dataLayout(fetch, layouts))))
    for (const [index, taken] of takenOf(fetch).entries()) {
      merges.set(taken, compileMerge(withRuns(taken.tree, layouts[index] ?? []), types))
    }
  }
  return readers.size > 0 ? { readers, merges, runs } : null
}

function takenOf(fetch: RootFetch | EntityFetch): readonly Taken[] {
  return fetch.kind === 'root' ? [fetch] : fetch.parts
}

function layoutOfTaken(
  taken: Taken,
  fetch: RootFetch | EntityFetch,
  shape: ObjectShape,
  uses: MemberUses,
  runs: Runs,
): ObjectLayout | null {
  if (taken.outputRewrites.length > 0) return null
  const places = fetch.kind === 'root' ? [{ path: '', shape }] : placesOf(taken, fetch, shape)
  return places && layoutOf(taken.tree, places, uses, runs)
}

/** Null when the client does not see the entities of some path, or sees them as an interface or a union. */
function placesOf(taken: Taken, fetch: EntityFetch, shape: ObjectShape): Place[] | null {
  const places: Place[] = []
  const part = fetch.parts.find((each) => each === taken)
  for (const path of new Set(part?.paths.map(pathOf))) {
    const place = placeAt(shape, path)
    if (!place) return null
    places.push(place)
  }
  return places
}

function placeAt(root: ObjectShape, path: string): Place | null {
  let shape = root
  for (const name of path === '' ? [] : path.split('.')) {
    const field = shape.fields.find(({ key }) => key === name)
    const value = field && withoutLists(field.value)
    if (value?.kind !== 'object') return null
    shape = value.shape
  }
  return { path, shape }
}

function withoutLists(value: ValueShape): ValueShape {
  return value.kind === 'list' ? withoutLists(value.item) : value
}

/** Entities may always be null. */
function dataLayout(fetch: RootFetch | EntityFetch, layouts: readonly ObjectLayout[]): ObjectLayout {
  if (fetch.kind === 'root') return layouts[0] ?? []
  return fetch.parts.map(({ responseName }, index): MemberLayout => {
    const item: CompositeLayout = { kind: 'object', nonNull: false, members: layouts[index] ?? [] }
    return { kind: 'composite', name: responseName, value: { kind: 'list', nonNull: true, item } }
  })
}

/** What is taken over from an answer, however it was read. */
function withRuns(tree: FieldTree, layout: ObjectLayout): FieldTree {
  const fields = tree.map((field) => {
    const member = layout.find((each) => each.kind === 'composite' && each.name === field.responseName)
    if (!field.fields || member?.kind !== 'composite') return field
    return { ...field, fields: withRuns(field.fields, membersOf(member.value)) }
  })
  const runs = layout.flatMap((member) =>
    member.kind === 'run' ? [{ responseName: member.key, fields: null, isWritten: false }] : [],
  )
  return [...fields, ...runs]
}

function membersOf(value: CompositeLayout): ObjectLayout {
  return value.kind === 'list' ? membersOf(value.item) : value.members
}

/** Answers that are not as expected cost a look for nothing: a subgraph that mostly gives such is no longer looked at. */
function untilItFails(read: ReadText): ReadText {
  let credit = MAX_CREDIT
  return (text) => {
    if (credit <= 0) return undefined
    const data = read(text)
    credit = data ? Math.min(credit + 1, MAX_CREDIT) : credit - 1
    return data
  }
}

const MAX_CREDIT = 100
