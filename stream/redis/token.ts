export interface Token {
  partition: number
  epoch: string
  number: string
}

/** Redis counts tokens for each partition, and from the beginning in each epoch: all three together are one of a kind. */
export function tokenOf({ partition, epoch, number }: Token): string {
  return `${partition}.${epoch}.${number}`
}

/** Null for what is none. */
export function parseToken(token: string): Token | null {
  const [partition, epoch, number] = token.split('.')
  if (epoch === undefined || number === undefined) return null
  return { partition: Number(partition), epoch, number }
}
