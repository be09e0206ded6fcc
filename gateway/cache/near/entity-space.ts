/** Entities of one type as one subgraph knows them. */
export interface EntitySpace {
  subgraph: string
  typeName: string
  /** With which the names of its entities begin. */
  prefix: string
  /** Whether the change feed tells their changes. */
  isFenced: boolean
}
