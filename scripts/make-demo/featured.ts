import type { FeaturedCustomer } from '../../demo/demo-format.ts'
import { browses } from './browsing-events.ts'
import { chance } from './chance.ts'
import type { Customer } from './choose-customers.ts'
import { countryName } from './countries.ts'
import type { Person } from './read-people.ts'

const FEATURED = 6
const ABROAD = 2
const THREE_DAYS_MINUTES = 3 * 1_440

/** A few customers who show everything: a recent order of some length, several before it, a browser that was linked. */
export function featured(people: ReadonlyMap<Customer, Person>, newestMinute: number): FeaturedCustomer[] {
  const good = [...people]
    .map(([customer, person]) => ({ customer, person, orders: ordersOf(customer) }))
    .filter(({ customer, orders }) => {
      const last = orders.at(-1)
      if (last === undefined || orders.length < 4 || !browses(customer)) return false
      return newestMinute - last.minute <= THREE_DAYS_MINUTES && last.lines.length >= 4
    })
    .sort((a, b) => chance('featured', a.customer.id) - chance('featured', b.customer.id))
  const abroad = good.filter(({ customer }) => customer.country !== 'United Kingdom').slice(0, ABROAD)
  const british = good.filter(({ customer }) => customer.country === 'United Kingdom')
  return [...british.slice(0, FEATURED - abroad.length), ...abroad].map(({ customer, person, orders }) => ({
    userId: customer.id,
    name: `${person.firstName} ${person.lastName}`,
    country: countryName(customer.country),
    orders: orders.length,
  }))
}

function ordersOf(customer: Customer): Customer['invoices'] {
  return customer.invoices.filter((invoice) => !invoice.isRefund)
}
