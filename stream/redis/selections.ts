import type { CacheRead } from '../ports.ts'

/** What the fields of a class begin with; its length is told, so that no class is the beginning of another's fields. */
export function fieldPrefix(of: string): string {
  return `v${of.length}:${of}:`
}

/** Each has a character that is printed, above a space. */
export const MAX_SELECTIONS = 94

/** The fields that are asked for in one call, by class: each list once, since most entities are asked for the same. */
export class Selections {
  readonly #byText = new Map<string, number>()
  readonly #byList = new Map<readonly string[], { class: string; number: number }>()
  readonly #args: (string | number)[] = []

  /** From 1. */
  numberOf({ class: of, fields }: CacheRead): number {
    const same = this.#byList.get(fields)
    if (same?.class === of) return same.number
    const text = `${of}\n${fields.join('\n')}`
    let number = this.#byText.get(text)
    if (number === undefined) {
      const prefix = fieldPrefix(of)
      this.#args.push(fields.length + 1, prefix, ...fields.map((field) => prefix + field))
      this.#byText.set(text, (number = this.#byText.size + 1))
    }
    this.#byList.set(fields, { class: of, number })
    return number
  }

  get size(): number {
    return this.#byText.size
  }

  get args(): readonly (string | number)[] {
    return this.#args
  }
}
