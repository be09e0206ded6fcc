import { Kind, visit, type DocumentNode, type GraphQLSchema } from 'graphql'
import type { PlannedDocument } from '../planner.ts'
import { compileIntrospection, type Introspect } from './introspection.ts'
import { compilePlan, type CompiledPlan, type CompilePlanOptions } from './compile-plan.ts'
import type { DataObject } from './data.ts'
import { compileShape, type Fallbacks, type ObjectShape } from './shape/compile-shape.ts'
import { compileWriter, type ObjectWriter } from './shape/compile-writer.ts'
import { writeObject, type Introspected } from './shape/write-json.ts'

/** All of an operation that is the same for each request. */
export interface CompiledOperation {
  plan: CompiledPlan
  introspect: Introspect
  /** The shape of the answer under the conditions that these variables make. */
  shapeFor(variables: Readonly<Record<string, unknown>>): AnswerShape
}

export interface AnswerShape {
  shape: ObjectShape
  /** The JSON text of an answer in which nothing is wrong, else undefined. */
  write(data: DataObject, introspected: Introspected): string | undefined
}

export interface CompileOperationOptions extends CompilePlanOptions {
  schema: GraphQLSchema
  fallbacks: Fallbacks
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
  return {
    plan: plan ? compilePlan(plan, options) : { subscription: null, step: null },
    introspect: compileIntrospection(schema, document, operation),
    shapeFor(variables) {
      let key = ''
      for (const name of conditions) key += variables[name] === true ? '1' : '0'
      const known = shapes.get(key)
      if (known) return known
      const deniedCode = denied.get.bind(denied)
      const shape = answerShape(
        compileShape({ schema, document, operation, variables, deniedCode, fallbacks }),
      )
      if (shapes.size < MAX_KEPT_SHAPES) shapes.set(key, shape)
      return shape
    },
  }
}

/** From this use on an answer has a writer of its own. Documents that come once, as hostile ones do, never get there. */
const USES_BEFORE_WRITER = 20

function answerShape(shape: ObjectShape): AnswerShape {
  let uses = 0
  let writer: ObjectWriter | null = null
  return {
    shape,
    write(data, introspected) {
      if (uses <= USES_BEFORE_WRITER && uses++ === USES_BEFORE_WRITER) writer = compileWriter(shape)
      return writer ? writer(data) : writeObject(shape, data, introspected)
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
