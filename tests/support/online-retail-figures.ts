import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** What one customer's orders come to, in pence, computed straight from the rows of the file. */
export interface CustomerFigures {
  orders: number
  grossRevenue: number
  refunded: number
  revenue: number
  /** RFC 3339, or null without an order. */
  lastOrderAt: string | null
}

/**
 * Sums up Online Retail for each customer without any code of the product: whole file in memory, integers only. An
 * invoice is placed at its earliest time; one that begins with C is a refund; a line is quantity x price rounded half
 * away from zero.
 */
export function onlineRetailFigures(path: string): Map<string, CustomerFigures> {
  const invoices = new Map<string, { customer: string; pence: number; at: string }>()
  const [, ...rows] = gunzipSync(readFileSync(path)).toString('utf8').split('\n')
  for (const row of rows) {
    const [invoice, , , quantity, date, price, customer] = cells(row)
    if (!invoice || !quantity || !date || !price || !customer) continue
    const at = `${date.replace(' ', 'T')}.000Z`
    const seen = invoices.get(invoice)
    const pence = linePence(Number(quantity), price)
    if (!seen) invoices.set(invoice, { customer: customer.replace(/\.0$/, ''), pence, at })
    else {
      seen.pence += pence
      if (at < seen.at) seen.at = at
    }
  }
  const customers = new Map<string, CustomerFigures>()
  for (const [invoice, { customer, pence, at }] of invoices) {
    const figures = customers.get(customer) ?? {
      orders: 0,
      grossRevenue: 0,
      refunded: 0,
      revenue: 0,
      lastOrderAt: null,
    }
    customers.set(customer, figures)
    if (invoice.startsWith('C')) figures.refunded -= pence
    else {
      figures.orders++
      figures.grossRevenue += pence
      if (figures.lastOrderAt === null || at > figures.lastOrderAt) figures.lastOrderAt = at
    }
    figures.revenue = figures.grossRevenue - figures.refunded
  }
  return customers
}

/** Prices of the file have at most three decimals. */
function linePence(quantity: number, price: string): number {
  const [whole = '0', decimals = ''] = price.split('.')
  const thousandths = Number(whole) * 1000 + Number(decimals.padEnd(3, '0'))
  const value = Math.abs(quantity * thousandths)
  const pence = Math.floor(value / 10) + (value % 10 >= 5 ? 1 : 0)
  return quantity < 0 ? -pence : pence
}

/** The cells of a row; a quoted cell may hold commas and doubled quotes. */
function cells(row: string): string[] {
  return [...row.trim().matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = '']) =>
    cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
  )
}
