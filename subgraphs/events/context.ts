import type { RequestContext } from '../../core/access/request-context.ts'
import type { Loaders, LoadersFor } from '../../loaders/create-loaders.ts'

export interface EventsDependencies {
  loadersFor: LoadersFor
  /** ISO 4217 code of amounts whose event names no currency: MONOGRAM_CURRENCY. */
  currency: string
}

export interface EventsContext {
  loaders: Loaders
  currency: string
}

export function createEventsContext({ loadersFor, currency }: EventsDependencies) {
  return (request: RequestContext): EventsContext => ({ loaders: loadersFor(request), currency })
}
