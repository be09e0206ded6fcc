import { Kind, visit, type DocumentNode, type GraphQLSchema } from 'graphql'
import type { CacheClasses } from '../cache/cache-classes.ts'
import type { CacheRules } from '../cache/fetches/cache-rules.ts'
import type { EntityCache } from '../cache/entity-cache.ts'
import { compileHitPath, type HitPath } from '../cache/hit/compile-hit-path.ts'
import type { PlannedDocument } from '../planner.ts'
import { compileIntrospection, type Introspect } from './introspection.ts'
import { compilePlan, type CompiledPlan, type CompilePlanOptions } from './compile-plan.ts'
import type { DataObject } from './data.ts'
import { compileShape, type Fallbacks, type ObjectShape } from './shape/compile-shape.ts'
import { compileWriter, type ObjectWriter } from './shape/compile-writer.ts'
import { writeObject, type Introspected } from './shape/write-json.ts'
import { compileTextLane, type TextLane } from './text/compile-text-lane.ts'

/** All of an operation that is the same for each request. */
export interface CompiledOperation {
  plan: CompiledPlan
  introspect: Introspect
  /** The shape of the answer under the conditions that these variables make. */
  shapeFor(variables: Readonly<Record<string, unknown>>): AnswerShape
}

export interface AnswerShape {
  shape: ObjectShape
  /** For a request that begins and will be written. */
  textLane(): TextLane | null
  /** The JSON text of an answer in which nothing is wrong, in pieces; else undefined. */
  write(data: DataObject, introspected: Introspected): readonly string[] | undefined
  /** The same without any subgraph, when the cache of this process has all of it. */
  writeHit: HitPath
}

/** What answers are kept in, and by which rules. */
export interface Caching {
  cache: EntityCache
  classes: CacheClasses
  rules: CacheRules
}

export interface CompileOperationOptions extends CompilePlanOptions {
  schema: GraphQLSchema
  fallbacks: Fallbacks
  caching: Caching | null
}

/** An operation with n conditions has up to 2^n shapes; more than these are made anew each time. */
const MAX_KEPT_SHAPES = 16

export function compileOperation(
  { document, operation, plan, denied }: PlannedDocument,
  options: CompileOperationOptions,
): CompiledOperation {
  const { schema, fallbacks } = options
  const conditions = conditionVariables(document)
  const shapes = new Map<string, AnswerShape>()
  const compiledPlan = plan ? compilePlan(plan, options) : { subscription: null, step: null }
  const { caching } = options
  return {
    plan: compiledPlan,
    introspect: compileIntrospection(schema, document, operation),
    shapeFor(variables) {
      let key = ''
      for (const name of conditions) key += variables[name] === true ? '1' : '0'
      const known = shapes.get(key)
      if (known) return known
      const deniedCode = denied.get.bind(denied)
      const shape = answerShape(
        compileShape({ schema, document, operation, variables, deniedCode, fallbacks }),
        {
          // What a condition takes away changes the texts of answers.
          lane: (own) => (conditions.length > 0 ? null : compileTextLane(compiledPlan, own, options.types)),
          hitPath: (own) => (caching ? compileHitPath({ plan: compiledPlan, shape: own, ...caching }) : null),
        },
      )
      if (shapes.size < MAX_KEPT_SHAPES) shapes.set(key, shape)
      return shape
    },
  }
}

/** From this use on an answer has code of its own. Documents that come once, as hostile ones do, never get there. */
const USES_BEFORE_CODE = 20

/** A first answer is never at hand, and a document that comes once never is. */
const USES_BEFORE_HIT_PATH = 1

interface ShapeCompilers {
  lane: (shape: ObjectShape) => TextLane | null
  hitPath: (shape: ObjectShape) => HitPath | null
}

function answerShape(shape: ObjectShape, compilers: ShapeCompilers): AnswerShape {
  let uses = 0
  let writer: ObjectWriter | null = null
  let lane: TextLane | null = null
  let asked = 0
  let hitPath: HitPath | null = null

  function compile(): void {
    lane = compilers.lane(shape)
    writer = compileWriter(shape, lane?.runs)
    if (!writer) lane = null
  }

  return {
    shape,
    writeHit(variables, context) {
      if (asked <= USES_BEFORE_HIT_PATH && asked++ === USES_BEFORE_HIT_PATH)
        hitPath = compilers.hitPath(shape)
      return hitPath?.(variables, context)
    },
    textLane() {
      if (uses <= USES_BEFORE_CODE && uses++ === USES_BEFORE_CODE) compile()
      return lane
    },
    write(data, introspected) {
      if (writer) return writer(data)
      const written = writeObject(shape, data, introspected)
      return written === undefined ? undefined : [written]
    },
  }
}

/** The variables that `@skip` and `@include` ask. */
function conditionVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>()
  visit(document, {
    Directive(node) {
      if (node.name.value !== 'skip' && node.name.value !== 'include') return
      for (const { value } of node.arguments ?? []) {
        if (value.kind === Kind.VARIABLE) names.add(value.name.value)
      }
    },
  })
  return [...names]
}
