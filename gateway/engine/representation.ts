import type { Representation } from '../batching/fetch-entities.ts'

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
