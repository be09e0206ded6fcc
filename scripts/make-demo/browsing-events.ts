import type { DemoEvent, DemoProduct } from '../../demo/demo-format.ts'
import { between, chance, draw } from './chance.ts'
import type { Customer } from './choose-customers.ts'
import type { Invoice } from './read-online-retail.ts'
import type { Person } from './read-people.ts'

export interface BrowsingInput {
  customer: Customer
  person: Person
  products: ReadonlyMap<string, DemoProduct>
  newestMinute: number
}

/**
 * What some customers looked at before their latest orders, seen by their browser before they logged in: the events
 * carry its anonymous id alone, and the `identify` at login links it to the customer. Some leave a basket behind later.
 * Invented, unlike the orders.
 */
export function browsingEvents(input: BrowsingInput): DemoEvent[] {
  const { customer } = input
  if (!browses(customer)) return []
  const orders = customer.invoices.filter((invoice) => !invoice.isRefund)
  const visits = orders.slice(-2).flatMap((order) => visitBefore(input, order))
  return [...visits, ...abandonedBasket(input, orders)]
}

export function browses(customer: Customer): boolean {
  return chance('browses', customer.id) < 0.45
}

function visitBefore(input: BrowsingInput, order: Invoice): DemoEvent[] {
  const { customer, person, newestMinute } = input
  const bought = draw(sellable(input, order), between(1, 4, 'bought', order.number), 'bought', order.number)
  const ordered = new Set(order.lines.map((line) => line.stockCode))
  const others = [...input.products.values()].filter(
    (product) => canBeBought(product) && !ordered.has(product.id),
  )
  const passedBy = draw(others, 1, 'passed', order.number)
  const seen = draw([...bought, ...passedBy], 5, 'seen', order.number)
  const login = order.minute - between(2, 5, 'login', order.number)
  const looks = seen.flatMap((product, index) => {
    const minute = login - 3 * (seen.length - index)
    const viewed = look(input, 'Product Viewed', product, minute, order.number)
    if (!bought.includes(product) || chance('adds', order.number, index) > 0.7) return [viewed]
    return [viewed, look(input, 'Product Added', product, minute + 1, order.number)]
  })
  return [
    ...looks,
    {
      ago: newestMinute - login,
      type: 'identify',
      userId: customer.id,
      anonymousId: person.browserId,
      messageId: `login-${order.number}`,
    },
  ]
}

/** One to five days after the last order, when that is not after the newest order of all. */
function abandonedBasket(input: BrowsingInput, orders: readonly Invoice[]): DemoEvent[] {
  const last = orders.at(-1)
  if (last === undefined || chance('returns', input.customer.id) > 0.5) return []
  const minute = last.minute + between(1_440, 7_200, 'returns when', input.customer.id)
  if (minute + 1 > input.newestMinute) return []
  const earlier = orders.slice(0, -1).flatMap((order) => sellable(input, order))
  const isInLast = new Set(last.lines.map((line) => line.stockCode))
  const [product] = draw(
    earlier.filter(({ id }) => !isInLast.has(id)),
    1,
    'returns for',
    input.customer.id,
  )
  if (product === undefined) return []
  return [
    look(input, 'Product Viewed', product, minute, 'later'),
    look(input, 'Product Added', product, minute + 1, 'later'),
  ]
}

function look(
  { customer, person, newestMinute }: BrowsingInput,
  event: 'Product Viewed' | 'Product Added',
  product: DemoProduct,
  minute: number,
  occasion: string,
): DemoEvent {
  const verb = event === 'Product Viewed' ? 'view' : 'add'
  return {
    ago: newestMinute - minute,
    type: 'track',
    event,
    anonymousId: person.browserId,
    messageId: `${verb}-${customer.id}-${occasion}-${product.id}`,
    properties: {
      product_id: product.id,
      name: product.title,
      price: product.price / 100,
      currency: product.currency,
      ...(verb === 'add' && { quantity: 1 }),
    },
  }
}

function sellable({ products }: BrowsingInput, order: Invoice): DemoProduct[] {
  const ids = new Set(order.lines.map((line) => line.stockCode))
  return [...ids].flatMap((id) => products.get(id) ?? []).filter(canBeBought)
}

function canBeBought(product: DemoProduct): boolean {
  return product.inStock !== false
}
