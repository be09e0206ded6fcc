import type { CallSignal, SubgraphRequest } from '../subgraph-client.ts'
import type { EntityCall, EntityCallPart, Representation } from './fetch-entities.ts'

/**
 * What is sent for these parts: the representations' JSON texts put side by side for a transport that sends text, their
 * values for one in process.
 *
 * @param call one of those that the request is for: they all have its document, operation, other variables and reader
 */
export function entityRequest(
  { subgraph, document, operationName, variables, context, readText }: EntityCall,
  parts: readonly EntityCallPart[],
  deadlineAt: number,
  signal: CallSignal | undefined,
): SubgraphRequest {
  const request: SubgraphRequest = { document, context, deadlineAt }
  if (operationName !== undefined) request.operationName = operationName
  if (signal) request.signal = signal
  if (readText) request.readText = readText
  if (subgraph.speaksText) request.variablesJson = variablesJson(parts, variables)
  else request.variables = variablesOf(parts, variables)
  return request
}

function variablesJson(
  parts: readonly EntityCallPart[],
  variables: Readonly<Record<string, unknown>>,
): string {
  let text = ''
  for (const { variable, representations } of parts) {
    text += `${text === '' ? '{' : ','}"${variable}":[${sideBySide(representations)}]`
  }
  const others = JSON.stringify(variables)
  return others === '{}' ? `${text}}` : `${text},${others.slice(1)}`
}

/** Joined at once where it can be: a text of which each piece is appended is put together again, piece by piece, when it is sent. */
function sideBySide(representations: readonly Representation[]): string {
  const opening = representations[0]?.opening
  if (opening !== undefined) {
    const keys = keysAfter(opening, representations)
    if (keys) return `${opening}${keys.join(`"},${opening}`)}"}`
  }
  return representations.map(({ json }) => json).join(',')
}

/** Null when one of them begins in another way. */
function keysAfter(opening: string, representations: readonly Representation[]): string[] | null {
  const keys: string[] = []
  for (const representation of representations) {
    if (representation.opening !== opening || representation.key === undefined) return null
    keys.push(representation.key)
  }
  return keys
}

function variablesOf(
  parts: readonly EntityCallPart[],
  variables: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const all: Record<string, unknown> = { ...variables }
  for (const { variable, representations } of parts) all[variable] = representations.map(({ value }) => value)
  return all
}
