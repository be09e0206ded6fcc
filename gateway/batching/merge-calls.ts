import {
  NO_ENTITY_ERRORS,
  type EntityAnswer,
  type EntityCall,
  type EntityCallPart,
  type EntityError,
  type EntityPartAnswer,
  type Representation,
} from './fetch-entities.ts'

/** Several calls of one document as one: each representation once, and where each caller's are. */
export interface MergedCalls {
  parts: readonly EntityCallPart[]
  /** Of representations that more than one caller asked for, those that are not sent. */
  duplicates: number
  /** What the answer to all says to the caller of this index. */
  answerTo(index: number, answer: EntityAnswer): EntityAnswer
}

export function mergeCalls(calls: readonly [EntityCall, ...EntityCall[]]): MergedCalls {
  const merged = calls[0].parts.map((part, index) => mergePart(part, calls, index))
  return {
    parts: merged.map(({ part }) => part),
    duplicates: merged.reduce((sum, { duplicates }) => sum + duplicates, 0),
    answerTo: (caller, answer) => ({
      parts: merged.map(({ places, isShared }, index) =>
        pick(answer.parts[index], places[caller] ?? [], isShared),
      ),
    }),
  }
}

interface MergedPart {
  part: EntityCallPart
  duplicates: number
  /** By caller, then by the index of his representation: its index in what is sent. */
  places: number[][]
  /** By the index in what is sent, whether more than one caller wants it. */
  isShared: boolean[]
}

function mergePart(
  { responseName, variable }: EntityCallPart,
  calls: readonly EntityCall[],
  index: number,
): MergedPart {
  const representations: Representation[] = []
  const known = new Map<string, number>()
  const isShared: boolean[] = []
  let duplicates = 0

  function placeOf(representation: Representation): number {
    const present = known.get(representation.json)
    if (present !== undefined) {
      duplicates++
      isShared[present] = true
      return present
    }
    known.set(representation.json, representations.length)
    return representations.push(representation) - 1
  }

  const places = calls.map(({ parts }) => (parts[index]?.representations ?? []).map(placeOf))
  return { part: { responseName, variable, representations }, duplicates, places, isShared }
}

function pick(
  part: EntityPartAnswer | undefined,
  places: readonly number[],
  isShared: readonly boolean[],
): EntityPartAnswer {
  const entities = places.map((place) => part?.entities[place] ?? null)
  const errors = part && part.errors.size > 0 ? errorsAt(places, part.errors) : NO_ENTITY_ERRORS
  return { entities, errors, isOwn: !places.some((place) => isShared[place]) }
}

function errorsAt(
  places: readonly number[],
  errors: EntityPartAnswer['errors'],
): Map<number, readonly EntityError[]> {
  const own = new Map<number, readonly EntityError[]>()
  for (const [index, place] of places.entries()) {
    const found = errors.get(place)
    if (found) own.set(index, found)
  }
  return own
}
