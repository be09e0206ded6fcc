import type { FieldTree, TreeField } from '../field-tree.ts'
import { isFromData, type FieldShape, type ObjectShape, type ValueShape } from '../shape/compile-shape.ts'
import { isStringPattern, leafPattern } from './leaf-pattern.ts'
import { pathBelow, type MemberUses } from './member-uses.ts'
import { runKey } from './runs.ts'

/** The members of an object in the order in which an answer has them, and what is kept of each. */
export type ObjectLayout = readonly MemberLayout[]

export type MemberLayout =
  | RunLayout
  | ValueLayout
  | { kind: 'typename'; typeName: string }
  | { kind: 'composite'; name: string; value: CompositeLayout }

export interface RunLayout {
  kind: 'run'
  /** Under which merged data has its text. */
  key: string
  leaves: Leaf[]
}

export interface Leaf {
  name: string
  /** Of its JSON text. */
  pattern: string
  /** Has to be a string without escapes, and is kept as a value as well. */
  isKey: boolean
}

/** Kept as a value alone: what a plan looks at, or the client wants somewhere else than in this order. */
export interface ValueLayout {
  kind: 'value'
  name: string
  /** Null for a string or another scalar, which it is then has to be seen. */
  pattern: string | null
}

export type CompositeLayout =
  | { kind: 'object'; nonNull: boolean; members: ObjectLayout }
  | { kind: 'list'; nonNull: boolean; item: CompositeLayout }

/** Where objects of an answer go: the names of fields from the root, without lists, and what the client wants there. */
export interface Place {
  path: string
  shape: ObjectShape
}

/** The runs of an operation, by the field of the client's shape that each begins with. */
export type Runs = Map<FieldShape, RunLayout>

/** How the objects of a tree are read that go to these places; null when they have to be parsed. Adds to `runs`. */
export function layoutOf(
  tree: FieldTree,
  places: readonly Place[],
  uses: MemberUses,
  runs: Runs,
): ObjectLayout | null {
  if (places.length === 0 || !places.every(({ shape }) => shape.fields.every(isFromData))) return null
  const members: MemberLayout[] = []
  let before: PassedOn | null = null
  for (const field of tree) {
    const passed = field.fields ? null : passedOn(field, places, uses)
    const run = members.at(-1)
    if (passed && before && run?.kind === 'run' && follows(passed, before)) {
      run.leaves.push(passed.leaf)
    } else {
      const member = passed ? beginRun(passed, runs) : memberOf(field, places, uses, runs)
      if (!member) return null
      members.push(member)
    }
    before = passed
  }
  return members
}

/** A leaf that may go to the client as it came. */
interface PassedOn {
  leaf: Leaf
  /** What it is in each place. */
  fields: readonly FieldShape[]
  /** Where among the fields of each place. */
  indices: readonly number[]
}

/** Null when some place has it not, under another name, or from another answer as well. */
function passedOn({ responseName }: TreeField, places: readonly Place[], uses: MemberUses): PassedOn | null {
  const indices = places.map(({ shape }) => indexOf(shape, responseName))
  const fields = places.flatMap(({ shape }, at) => shape.fields[indices[at] ?? -1] ?? [])
  const [first] = fields
  if (!first || fields.length < places.length) return null
  if (first.responseName !== responseName) return null
  if (places.some(({ path }) => uses.isSharedBetweenFetches(path, responseName))) return null
  const patterns = new Set(fields.map(({ value }) => leafPattern(value)))
  const [pattern] = patterns
  if (!pattern || patterns.size > 1) return null
  const isKey = places.some(({ path }) => uses.isNeeded(path, responseName))
  if (isKey && !isStringPattern(pattern)) return null
  return { leaf: { name: responseName, pattern, isKey }, fields, indices }
}

function indexOf(shape: ObjectShape, key: string): number {
  return shape.fields.findIndex((field) => field.key === key && field.source === 'data')
}

function follows(passed: PassedOn, before: PassedOn): boolean {
  return passed.indices.every((index, place) => index === (before.indices[place] ?? -2) + 1)
}

function beginRun({ leaf, fields }: PassedOn, runs: Runs): RunLayout {
  const run: RunLayout = { kind: 'run', key: runKey(leaf.name), leaves: [leaf] }
  for (const field of fields) runs.set(field, run)
  return run
}

function memberOf(
  { responseName, fields }: TreeField,
  places: readonly Place[],
  uses: MemberUses,
  runs: Runs,
): MemberLayout | null {
  const below = places.flatMap(({ path, shape }) => {
    const field = shape.fields[indexOf(shape, responseName)]
    return field ? [{ path: pathBelow(path, responseName), value: field.value }] : []
  })
  if (fields) {
    if (below.length < places.length) return null
    const value = compositeLayout(fields, below, uses, runs)
    return value && { kind: 'composite', name: responseName, value }
  }
  const [typeName, ...others] = new Set(places.map(({ shape }) => shape.typeName))
  if (responseName === '__typename' && typeName && others.length === 0) return { kind: 'typename', typeName }
  const [first] = below
  const pattern = first ? leafPattern(first.value) : null
  if (first && pattern === null) return null
  return { kind: 'value', name: responseName, pattern }
}

interface ValuePlace {
  path: string
  value: ValueShape
}

function compositeLayout(
  tree: FieldTree,
  places: readonly ValuePlace[],
  uses: MemberUses,
  runs: Runs,
): CompositeLayout | null {
  const [first] = places
  if (!first) return null
  const { kind, nonNull } = first.value
  if (!places.every(({ value }) => value.kind === kind && value.nonNull === nonNull)) return null
  if (kind === 'list') {
    const items = places.flatMap(({ path, value }) =>
      value.kind === 'list' ? [{ path, value: value.item }] : [],
    )
    const item = compositeLayout(tree, items, uses, runs)
    return item && { kind, nonNull, item }
  }
  if (kind !== 'object') return null
  const objects = places.flatMap(({ path, value }) =>
    value.kind === 'object' ? [{ path, shape: value.shape }] : [],
  )
  const members = layoutOf(tree, objects, uses, runs)
  return members && { kind, nonNull, members }
}
