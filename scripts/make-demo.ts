import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DEMO_FILES, type DemoManifest } from '../demo/demo-format.ts'
import { browsingEvents } from './make-demo/browsing-events.ts'
import { catalogue } from './make-demo/catalogue.ts'
import { chooseCustomers } from './make-demo/choose-customers.ts'
import { customerEvents } from './make-demo/customer-events.ts'
import { featured } from './make-demo/featured.ts'
import { readOnlineRetail } from './make-demo/read-online-retail.ts'
import { readPeople, type Person } from './make-demo/read-people.ts'

/*
 * Makes the demo data from the public sets, the same bytes each time. Run by hand when the demo is to change:
 *   npm run build && node dist/scripts/make-demo.js ../shared/data demo
 */
const [from = '../shared/data', to = 'demo'] = process.argv.slice(2)

const customers = chooseCustomers(await readOnlineRetail(join(from, 'online-retail/online_retail.csv.gz')))
const people = await readPeople(join(from, 'retail-demo-store/users.json.gz'))
const personOf = new Map(customers.map((customer, index) => [customer, people[index] as Person]))
const newestMinute = Math.max(
  ...customers.flatMap((customer) => customer.invoices.map(({ minute }) => minute)),
)

const products = catalogue(customers, newestMinute)
const productById = new Map(products.map((product) => [product.id, product]))
const events = [...personOf]
  .flatMap(([customer, person]) => [
    ...customerEvents(customer, person, newestMinute),
    ...browsingEvents({ customer, person, products: productById, newestMinute }),
  ])
  .sort((a, b) => b.ago - a.ago)

const manifest: DemoManifest = {
  newest: new Date(newestMinute * 60_000).toISOString(),
  customers: customers.length,
  events: events.length,
  products: products.length,
}
await mkdir(to, { recursive: true })
await writeJson(DEMO_FILES.manifest, manifest)
await writeJson(DEMO_FILES.featured, featured(personOf, newestMinute))
await writeNdjson(DEMO_FILES.events, events)
await writeNdjson(DEMO_FILES.catalogue, products)
console.log(`${to}: ${JSON.stringify(manifest)}`)

async function writeJson(file: string, value: object): Promise<void> {
  await writeFile(join(to, file), `${JSON.stringify(value, null, 2)}\n`)
}

async function writeNdjson(file: string, values: readonly object[]): Promise<void> {
  const text = values.map((value) => `${JSON.stringify(value)}\n`).join('')
  await writeFile(join(to, file), gzipSync(text, { level: 9 }))
}
