import { GraphQLError, isEnumType } from 'graphql'
import { withoutStacks } from '../../../platform/without-stacks.ts'
import { clientAlias } from '../../safe-aliases.ts'
import { DataObject, isDataObject } from '../data.ts'
import { FieldFailure, type FailureReason } from '../field-failure.ts'
import type { FieldShape, ObjectShape, ValueShape } from './compile-shape.ts'
import { shapeFallback } from './shape-fallback.ts'
import type { Introspected } from './write-json.ts'

export interface ShapedResult {
  data: DataObject | null
  errors: GraphQLError[]
  degraded: Degraded[]
}

/** A field that could not be had, and why. In its place stands its fallback, or null with an error. */
export interface Degraded {
  path: readonly (string | number)[]
  reason: FailureReason | 'overload'
}

/**
 * The client's answer from merged data, with nulls rising and errors told as the specification has them. What a subgraph
 * gave against its own schema is its failure: an error with the code SUBGRAPH_FAILED at the path.
 */
export function shapeResult(shape: ObjectShape, data: DataObject, introspected: Introspected): ShapedResult {
  const shaping: Shaping = { introspected, errors: [], degraded: [] }
  const shaped = shapeObject(shape, data, null, shaping)
  const { errors, degraded } = shaping
  return { data: shaped === RISEN ? null : shaped, errors, degraded }
}

interface Shaping {
  introspected: Introspected
  errors: GraphQLError[]
  degraded: Degraded[]
}

interface Path {
  above: Path | null
  key: string | number
}

/** A null where none may be: the place above takes it. */
const RISEN = Symbol('a null that rises')

function shapeObject(
  shape: ObjectShape,
  data: DataObject,
  above: Path | null,
  shaping: Shaping,
): DataObject | typeof RISEN {
  const target = new DataObject()
  for (const field of shape.fields) {
    const value = shapeField(field, shape, data, { above, key: field.responseName }, shaping)
    if (value === RISEN) return RISEN
    target[field.responseName] = value
  }
  return target
}

function shapeField(
  field: FieldShape,
  parent: ObjectShape,
  data: DataObject,
  path: Path,
  shaping: Shaping,
): unknown {
  if (field.denied !== null) return fail(denied(field), field, path, shaping, field.value.nonNull)
  if (field.source === 'typename') {
    if (parent.typeName !== null) return parent.typeName
    return fail(broken('the type of an object is not known'), field, path, shaping, true)
  }
  const held = field.source === 'data' ? data[field.key] : shaping.introspected[field.responseName]
  if (field.fallback === null) return shapeValue(field.value, held, field, path, shaping)
  const errorsBefore = shaping.errors.length
  const degradedBefore = shaping.degraded.length
  const value = shapeValue(field.value, held, field, path, shaping)
  if (value !== null && value !== RISEN) return value
  if (shaping.errors.length === errorsBefore) return value
  const reason = shaping.degraded[degradedBefore]?.reason ?? 'error'
  shaping.errors.length = errorsBefore
  shaping.degraded.length = degradedBefore
  shaping.degraded.push({ path: pathOf(path), reason })
  return shapeFallback(field.value, field.fallback.value)
}

function shapeValue(
  shape: ValueShape,
  held: unknown,
  field: FieldShape,
  path: Path,
  shaping: Shaping,
): unknown {
  if (held instanceof FieldFailure) return fail(held, field, path, shaping, shape.nonNull)
  // A function can only be one that a plain object inherits: the answer has no such member.
  if (held === null || held === undefined || typeof held === 'function') {
    if (!shape.nonNull) return null
    return fail(
      broken(`Cannot return null for non-nullable field ${field.coordinate}.`),
      field,
      path,
      shaping,
      true,
    )
  }
  const value = shapeHeld(shape, held, field, path, shaping)
  if (value instanceof FieldFailure) return fail(value, field, path, shaping, shape.nonNull)
  return value === RISEN && !shape.nonNull ? null : value
}

function shapeHeld(
  shape: ValueShape,
  held: unknown,
  field: FieldShape,
  path: Path,
  shaping: Shaping,
): unknown {
  switch (shape.kind) {
    case 'leaf':
      return shapeLeaf(shape, held, field)
    case 'list': {
      if (!Array.isArray(held)) return broken(`Expected a list for field "${field.coordinate}".`)
      const items: unknown[] = []
      for (const [index, item] of held.entries()) {
        const value = shapeValue(shape.item, item, field, { above: path, key: index }, shaping)
        if (value === RISEN) return RISEN
        items.push(value)
      }
      return items
    }
    case 'object':
      if (!isDataObject(held)) return broken(`Expected an object for field "${field.coordinate}".`)
      return shapeObject(shape.shape, held, path, shaping)
    case 'abstract': {
      if (!isDataObject(held)) return broken(`Expected an object for field "${field.coordinate}".`)
      const concrete = shape.shapeFor(held['__typename'])
      if (concrete) return shapeObject(concrete, held, path, shaping)
      return broken(
        `Field "${field.coordinate}" has an object of a type that is not one of "${shape.type.name}".`,
      )
    }
  }
}

function shapeLeaf(shape: ValueShape & { kind: 'leaf' }, held: unknown, field: FieldShape): unknown {
  if (field.source === 'introspection') return held
  try {
    const value: unknown = shape.type.serialize(held)
    if (value !== null && value !== undefined) return value
    return broken(`"${field.coordinate}" has a value that "${shape.type.name}" cannot represent.`)
  } catch (error) {
    // An enum's message says what it may be, some of which the client may not see; a scalar's says what it was.
    const message = isEnumType(shape.type)
      ? `Enum "${shape.type.name}" cannot represent the value of "${field.coordinate}".`
      : (error as Error).message
    return broken(message)
  }
}

function denied(field: FieldShape): FieldFailure {
  const message =
    field.denied === 'UNAUTHENTICATED'
      ? `"${field.coordinate}" is only for those who have signed in`
      : `"${field.coordinate}" needs a scope that is not granted`
  return new FieldFailure(message, {
    cause: undefined,
    code: field.denied ?? undefined,
    reason: 'error',
  })
}

function broken(message: string): FieldFailure {
  return new FieldFailure(message, { cause: undefined, code: 'SUBGRAPH_FAILED', reason: 'error' })
}

function fail(
  failure: FieldFailure,
  field: FieldShape,
  path: Path,
  shaping: Shaping,
  nonNull: boolean,
): null | typeof RISEN {
  const here = pathOf(path)
  const below = failure.below.map((step) => (typeof step === 'string' ? clientAlias(step) : step))
  const extensions = failure.code === undefined ? {} : { code: failure.code }
  const { cause } = failure
  const options = {
    nodes: field.nodes,
    path: [...here, ...below],
    originalError: cause instanceof Error ? cause : null,
    extensions,
  }
  shaping.errors.push(withoutStacks(() => new GraphQLError(failure.message, options)))
  if (field.denied === null) shaping.degraded.push({ path: here, reason: failure.reason })
  return nonNull ? RISEN : null
}

function pathOf(path: Path | null): (string | number)[] {
  const steps: (string | number)[] = []
  for (let step = path; step; step = step.above) steps.push(step.key)
  return steps.toReversed()
}
