import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { directiveNames } from './directive-names.ts'

test.each([
  ['', 'cost', ['cost']],
  ['url: "https://specs.apollo.dev/cost/v0.1", import: ["@cost"]', 'cost', ['cost']],
  ['url: "https://a.dev/cost/v0.1", import: [{ name: "@cost", as: "@price" }]', 'cost', ['cost', 'price']],
  ['url: "https://a.dev/authenticated/v0.1", as: "signedIn"', 'authenticated', ['authenticated', 'signedIn']],
  ['url: "https://a.dev/cost/v0.1"', 'listSize', ['cost__listSize', 'listSize']],
  ['url: "https://a.dev/mine/v2", as: "ours"', 'cacheControl', ['cacheControl', 'ours__cacheControl']],
])('@link(%s): %s is %j', (link, directive, names) => {
  const document = parse(`schema ${link && `@link(${link})`} { query: Query } type Query { a: Int }`)
  const found = [...directiveNames(document, directive)].sort()
  expect(found).toEqual(expect.arrayContaining(names))
  expect(found.filter((name) => !name.includes('__'))).toEqual(names.filter((name) => !name.includes('__')))
})
