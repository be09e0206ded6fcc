import type { CallSignal, SubgraphRequest } from '../subgraph-client.ts'
import type { EntityCall, EntityCallPart } from './fetch-entities.ts'

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
    text += `${text === '' ? '{' : ','}"${variable}":[`
    for (const [index, { json }] of representations.entries()) text += index === 0 ? json : `,${json}`
    text += ']'
  }
  const others = JSON.stringify(variables)
  return others === '{}' ? `${text}}` : `${text},${others.slice(1)}`
}

function variablesOf(
  parts: readonly EntityCallPart[],
  variables: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const all: Record<string, unknown> = { ...variables }
  for (const { variable, representations } of parts) all[variable] = representations.map(({ value }) => value)
  return all
}
