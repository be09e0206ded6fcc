import type { Representation } from '../batching/fetch-entities.ts'
import { isPlain } from './json-text.ts'

/** @param opening the text of a representation up to its only key, with the quote that begins it */
export function representationByKey(opening: string, key: string): Representation {
  if (isPlain(key)) return new KeyRepresentation(opening, key)
  return new JsonRepresentation(`${opening.slice(0, -1)}${JSON.stringify(key)}}`)
}

/** Made from its text; the value is only there for those who ask, which are subgraphs in this process. */
export class JsonRepresentation implements Representation {
  readonly json: string
  #value: Readonly<Record<string, unknown>> | undefined

  constructor(json: string) {
    this.json = json
  }

  get value(): Readonly<Record<string, unknown>> {
    this.#value ??= JSON.parse(this.json) as Readonly<Record<string, unknown>>
    return this.#value
  }
}

/** One whose text is only made for those who ask: a call for many is made from their keys. */
class KeyRepresentation implements Representation {
  readonly opening: string
  readonly key: string

  constructor(opening: string, key: string) {
    this.opening = opening
    this.key = key
  }

  get json(): string {
    return `${this.opening}${this.key}"}`
  }

  get value(): Readonly<Record<string, unknown>> {
    return JSON.parse(this.json) as Readonly<Record<string, unknown>>
  }
}
