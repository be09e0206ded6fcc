import { readdirSync, readFileSync } from 'node:fs'
import { Kind, parse, visit, type ASTNode } from 'graphql'
import { describe, expect, test } from 'vitest'
import { projectRoot } from '../platform/project-root.ts'

const root = projectRoot(import.meta.url)
const subgraphs = readdirSync(`${root}/schema/subgraphs`)

describe('the schema', () => {
  test.each([...subgraphs.map((file) => `subgraphs/${file}`), 'api.graphql'])(
    'describes every type, field, argument and value of %s',
    (file) => {
      const undescribed: string[] = []
      const trail: string[] = []
      visit(parse(readFileSync(`${root}/schema/${file}`, 'utf8')), {
        enter(node) {
          // The composer drops what the subgraph says of a directive and its arguments.
          if (node.kind === Kind.DIRECTIVE_DEFINITION && file === 'api.graphql') return false
          if ('name' in node && node.name?.kind === Kind.NAME) trail.push(node.name.value)
          if (isDescribable(node) && !node.description?.value) undescribed.push(trail.join('.'))
          return undefined
        },
        leave(node) {
          if ('name' in node && node.name?.kind === Kind.NAME) trail.pop()
        },
      })
      expect(undescribed).toEqual([])
    },
  )
})

function isDescribable(node: ASTNode): node is Extract<ASTNode, { description?: unknown }> {
  return [
    Kind.OBJECT_TYPE_DEFINITION,
    Kind.INPUT_OBJECT_TYPE_DEFINITION,
    Kind.ENUM_TYPE_DEFINITION,
    Kind.SCALAR_TYPE_DEFINITION,
    Kind.FIELD_DEFINITION,
    Kind.INPUT_VALUE_DEFINITION,
    Kind.ENUM_VALUE_DEFINITION,
  ].some((kind) => kind === node.kind)
}
