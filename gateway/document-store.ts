import type { ApolloServerOptionsWithGateway } from '@apollo/server'
import type { DocumentNode } from 'graphql'
import { TwoLevelCache } from './engine/two-level-cache.ts'

type DocumentStore = NonNullable<ApolloServerOptionsWithGateway<never>['documentStore']>

/**
 * The documents that Apollo Server has parsed, by its keys. Its own store holds 30 MB of them as JSON, which are some 150 MB
 * of objects, and a stream of documents that are never asked again pushes out all that are in use.
 */
export function createDocumentStore(maxDocuments = 1_000, maxCharacters = 4 * 1024 * 1024): DocumentStore {
  const documents = new TwoLevelCache<DocumentNode>({ maxEntries: maxDocuments, maxWeight: maxCharacters })
  return {
    get: async (key) => documents.get(key),
    async set(key, document) {
      documents.set(key, document, JSON.stringify(document).length)
    },
    async delete(key) {
      documents.delete(key)
    },
  }
}
