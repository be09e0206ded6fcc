import { DataObject } from '../data.ts'
import { PLAIN, SCALAR } from './leaf-pattern.ts'
import type { CompositeLayout, MemberLayout, ObjectLayout } from './layout.ts'

/** The data of an answer from its text; undefined when the text is anything else than was expected. */
export type ReadText = (text: string) => DataObject | undefined

/**
 * A function that reads answers with data of this layout and with nothing beside it: no errors, no white space, no member
 * more or less or in another order. Each stretch of an object up to a list is one regular expression, which V8 runs over
 * a text five times as fast as it parses it; what is kept of it are slices. Only names from the subgraph's operation
 * become source, as JSON strings.
 */
export function compileReader(data: ObjectLayout): ReadText {
  const writer = new ReaderSource()
  const object = writer.object(data)
  const source = `'use strict'
let text = '', at = 0
${writer.functions}
return function read(given) {
  text = given
  at = 0
  const data = ${writer.literal('{"data":')} ? ${object}() : undefined
  const isWhole = data !== undefined && ${writer.literal('}')} && isBlank.test(text.slice(at))
  text = ''
  return isWhole ? data : undefined
}`
  // eslint-disable-next-line typescript/no-implied-eval -- see above what the source is made of
  const make = new Function('DataObject', 'patterns', 'isBlank', 'noItems', source) as (
    made: typeof DataObject,
    patterns: readonly RegExp[],
    isBlank: RegExp,
    none: readonly never[],
  ) => ReadText
  return make(DataObject, writer.patterns, /^[ \t\r\n]*$/, NO_ITEMS)
}

/**
 * Lists begin as copies of this. V8 watches where array literals are made, and when a collection in the midst of an answer
 * finds them all alive, it makes those of that place in old memory from then on: there they and what they hold stay until
 * a whole collection, which took a quarter of a batch's time.
 */
const NO_ITEMS: readonly never[] = []

/** The source of a function for each object and list; each moves `at` past what it has read, or gives undefined. */
class ReaderSource {
  readonly patterns: RegExp[] = []
  functions = ''
  #count = 0

  object(members: ObjectLayout): string {
    const stretch = new Stretch(this)
    stretch.members('object', members)
    return this.#define(`const object = new ${this.objectClass()}()
let match, value
${stretch.end()}
return object`)
  }

  /** The objects of each place have a class of their own, so that they take no more memory than they need. */
  objectClass(): string {
    const name = `Object${this.#count++}`
    this.functions += `function ${name}() {}\n${name}.prototype = DataObject.prototype\n`
    return name
  }

  /** An expression that is true, and has moved on, when this text is next. */
  literal(text: string): string {
    return `(text.startsWith(${JSON.stringify(text)}, at) && ((at += ${text.length}), true))`
  }

  value(layout: CompositeLayout): string {
    const present = layout.kind === 'list' ? this.#list(layout.item) : this.object(layout.members)
    if (layout.nonNull) return present
    return this.#define(`return ${this.literal('null')} ? null : ${present}()`)
  }

  #list(item: CompositeLayout): string {
    const readItem = this.value(item)
    return this.#define(`if (!${this.literal('[')}) return undefined
const list = noItems.slice()
if (${this.literal(']')}) return list
for (;;) {
  const item = ${readItem}()
  if (item === undefined) return undefined
  list.push(item)
  const next = text.charCodeAt(at++)
  if (next === ${COMMA}) continue
  return next === ${CLOSING_BRACKET} ? list : undefined
}`)
  }

  #define(body: string): string {
    const name = `read${this.#count++}`
    this.functions += `function ${name}() {\n${body}\n}\n`
    return name
  }
}

const COMMA = 0x2c
const CLOSING_BRACKET = 0x5d

/** The statements that read members, as few regular expressions as possible. */
class Stretch {
  readonly #source: ReaderSource
  #statements = ''
  /** Of the expression being made: its pattern, how many groups it has, and what is done with them. */
  #pattern = ''
  #groups = 0
  #onMatch = ''
  #objects = 0

  constructor(source: ReaderSource) {
    this.#source = source
  }

  members(target: string, members: ObjectLayout): void {
    this.#pattern += '\\{'
    for (const [index, member] of members.entries()) {
      if (index > 0) this.#pattern += ','
      this.#member(target, member)
    }
    this.#pattern += '\\}'
  }

  end(): string {
    this.#flush()
    return this.#statements
  }

  #member(target: string, member: MemberLayout): void {
    if (member.kind === 'run') {
      this.#onMatch += `${target}[${JSON.stringify(member.key)}] = match[${++this.#groups}]\n`
      const leaves = member.leaves.map(({ name, pattern, isKey }) => {
        if (!isKey) return `"${name}":${pattern}`
        this.#onMatch += `${target}[${JSON.stringify(name)}] = match[${++this.#groups}]\n`
        return `"${name}":"(${PLAIN})"`
      })
      this.#pattern += `(${leaves.join(',')})`
      return
    }
    if (member.kind === 'typename') {
      this.#pattern += `"__typename":"${member.typeName}"`
      this.#onMatch += `${target}.__typename = ${JSON.stringify(member.typeName)}\n`
      return
    }
    const place = `${target}[${JSON.stringify(member.name)}]`
    this.#pattern += `"${member.name}":`
    if (member.kind === 'value') {
      this.#pattern += `(?:"(${PLAIN})"|(${member.pattern ?? SCALAR}))`
      this.#onMatch += `${place} = match[${++this.#groups}] ?? JSON.parse(match[${++this.#groups}])\n`
    } else if (member.value.kind === 'object' && isFlat(member.value.members)) {
      this.#inline(place, member.value.nonNull, member.value.members)
    } else {
      this.#flush()
      this.#statements += `value = ${this.#source.value(member.value)}()
if (value === undefined) return undefined
${place} = value\n`
    }
  }

  /** One of the groups of the first member that has any has matched, unless a null stands there. */
  #inline(place: string, nonNull: boolean, members: ObjectLayout): void {
    const object = `object${this.#objects++}`
    const before = this.#onMatch
    const first = this.#groups + 1
    const isThere =
      members.find(({ kind }) => kind !== 'typename')?.kind === 'run'
        ? `match[${first}]`
        : `(match[${first}] ?? match[${first + 1}])`
    this.#onMatch = ''
    this.#pattern += nonNull ? '' : '(?:null|'
    this.members(object, members)
    this.#pattern += nonNull ? '' : ')'
    const filled = `const ${object} = ${place} = new ${this.#source.objectClass()}()\n${this.#onMatch}`
    this.#onMatch = nonNull
      ? `${before}${filled}`
      : `${before}if (${isThere} === undefined) ${place} = null\nelse {\n${filled}}\n`
  }

  #flush(): void {
    if (this.#pattern === '') return
    const pattern = `patterns[${this.#source.patterns.push(new RegExp(this.#pattern, 'y')) - 1}]`
    this.#statements += `${pattern}.lastIndex = at
match = ${pattern}.exec(text)
if (match === null) return undefined
at = ${pattern}.lastIndex\n${this.#onMatch}`
    this.#pattern = ''
    this.#groups = 0
    this.#onMatch = ''
  }
}

/** Whether it has no lists, and a member with a group before any object. */
function isFlat(members: ObjectLayout): boolean {
  const first = members.find(({ kind }) => kind !== 'typename')
  return (
    first !== undefined &&
    first.kind !== 'composite' &&
    members.every((member) => {
      if (member.kind !== 'composite') return true
      return member.value.kind === 'object' && isFlat(member.value.members)
    })
  )
}
