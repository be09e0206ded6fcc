import { BSON, MongoClient } from 'mongodb'

export interface CollectionSize {
  documents: number
  /** The mean of a sample, as the document is sent and, before compression, kept. */
  bytesEach: number
}

const SAMPLE = 1_000

/** How many documents of each collection a database has, and how large they are; what is empty is left out. */
export async function documentSizes(url: string): Promise<Map<string, CollectionSize>> {
  await using client = await MongoClient.connect(url)
  const sizes = new Map<string, CollectionSize>()
  for (const { name } of await client.db().listCollections({}, { nameOnly: true }).toArray()) {
    const collection = client.db().collection(name)
    const sample = await collection.find({}).limit(SAMPLE).toArray()
    if (sample.length === 0) continue
    const bytes = sample.reduce((sum, document) => sum + BSON.calculateObjectSize(document), 0)
    sizes.set(name, { documents: await collection.countDocuments({}), bytesEach: bytes / sample.length })
  }
  return sizes
}
