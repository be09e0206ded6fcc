import { chance } from './chance.ts'
import { LOCALES } from './countries.ts'
import type { Customers, Invoice } from './read-online-retail.ts'

export interface Customer {
  id: string
  country: string
  /** Oldest first, refunds among them. */
  invoices: Invoice[]
}

const FROM_THE_UK = 300
const FROM_ELSEWHERE = 60

/**
 * Customers with several orders and no more lines than a person looks through: mostly British, as the shop is, with
 * enough from elsewhere to show other locales. In order of id.
 */
export function chooseCustomers(customers: Customers): Customer[] {
  const candidates = [...customers]
    .map(([id, invoices]): Customer => ({ id, country: invoices.at(-1)?.country ?? '', invoices }))
    .filter(isSuitable)
    .sort((a, b) => chance('customer', a.id) - chance('customer', b.id))
  const isBritish = (customer: Customer): boolean => customer.country === 'United Kingdom'
  return [
    ...candidates.filter(isBritish).slice(0, FROM_THE_UK),
    ...candidates.filter((customer) => !isBritish(customer)).slice(0, FROM_ELSEWHERE),
  ].sort((a, b) => (a.id < b.id ? -1 : 1))
}

function isSuitable({ country, invoices }: Customer): boolean {
  const orders = invoices.filter((invoice) => !invoice.isRefund).length
  const lines = invoices.reduce((sum, invoice) => sum + invoice.lines.length, 0)
  return Object.hasOwn(LOCALES, country) && orders >= 3 && orders <= 25 && lines <= 250
}
