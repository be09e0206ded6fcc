import type { DemoProduct } from '../../demo/demo-format.ts'
import { toMinorUnits } from '../../core/money.ts'
import type { Customer } from './choose-customers.ts'

/** Stock codes of goods begin with five digits, or with DCGS; the others are postage, manual entries, discounts. */
const GOODS = /^(\d{5}|DCGS)/

/** Everything the customers bought, with its title and price as last sold to one of them at a price. In order of id. */
export function catalogue(customers: readonly Customer[], newestMinute: number): DemoProduct[] {
  const products = new Map<string, DemoProduct>()
  const invoices = customers
    .flatMap((customer) => customer.invoices)
    .filter((invoice) => !invoice.isRefund)
    .sort((a, b) => a.minute - b.minute || (a.number < b.number ? -1 : 1))
  for (const invoice of invoices)
    for (const line of invoice.lines) {
      const price = toMinorUnits(line.price, 'GBP')
      if (price === null || price <= 0 || line.description === '') continue
      products.set(line.stockCode, {
        id: line.stockCode,
        title: line.description,
        price,
        currency: 'GBP',
        ago: newestMinute - invoice.minute,
        ...(!GOODS.test(line.stockCode) && { inStock: false }),
      })
    }
  return [...products.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}
