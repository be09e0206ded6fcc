import type { Figure } from '../support/figures.ts'
import { acknowledgements } from './acknowledgements.ts'
import { onlineRetail } from './online-retail.ts'
import { startup } from './startup.ts'

/** How fast events are taken in, how much memory that needs, and how soon a newcomer sees something. */
export async function ingestBench(): Promise<Figure[]> {
  return [...(await acknowledgements()), ...(await onlineRetail()), ...(await startup())]
}
