import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../platform/project-root.ts'
import { dataset } from './data.ts'

/** What is asked of every gateway: one recipient a request, or a hundred. */
export interface Work {
  name: 'single' | 'batch'
  /** The document's text and, as its file name, its id in the render lane. */
  document: string
  documentId: string
  recipients: number
}

export const documentsFolder = join(projectRoot(import.meta.url), 'bench', 'gateway', 'documents')

export const SINGLE: Work = { name: 'single', recipients: 1, ...documentCalled('email-render') }
export const BATCH: Work = { name: 'batch', recipients: 100, ...documentCalled('email-batch') }

/** Variables for the profiles with these numbers. */
export function variablesFor(work: Work, numbers: readonly number[]): Record<string, unknown> {
  const ids = numbers.map((n) => dataset.profileId(n))
  return work.name === 'single' ? { id: ids[0] } : { ids }
}

/** The `data` that is right, computed from the rows and not by GraphQL. */
export function expectedData(work: Work, numbers: readonly number[]): Record<string, unknown> {
  const profiles = numbers.map((n) => expectedProfile(dataset.profileId(n)))
  return work.name === 'single' ? { profile: profiles[0] } : { profiles }
}

function expectedProfile(id: string): Record<string, unknown> {
  return {
    ...dataset.profile(id),
    events: dataset.events(id, 3).map(({ productId, ...event }) => {
      return { ...event, product: { title: dataset.product(productId)?.title } }
    }),
    recommendations: dataset.recommendations(id, 4).map(({ productId, ...recommendation }) => {
      return { ...recommendation, product: { ...dataset.product(productId) } }
    }),
  }
}

function documentCalled(documentId: string): Pick<Work, 'document' | 'documentId'> {
  return { documentId, document: readFileSync(join(documentsFolder, `${documentId}.graphql`), 'utf8') }
}
