import type { DemoEvent } from '../../demo/demo-format.ts'
import { countryName, LOCALES } from './countries.ts'
import type { Customer } from './choose-customers.ts'
import type { Invoice } from './read-online-retail.ts'
import type { Person } from './read-people.ts'

/** Who the customer is, told with the first order, then every order and refund. `newestMinute` is what `ago` counts from. */
export function customerEvents(customer: Customer, person: Person, newestMinute: number): DemoEvent[] {
  const first = customer.invoices[0]
  if (first === undefined) return []
  return [
    {
      ago: newestMinute - first.minute,
      type: 'identify',
      userId: customer.id,
      messageId: `identify-${customer.id}`,
      traits: {
        email: person.email,
        firstName: person.firstName,
        lastName: person.lastName,
        country: countryName(customer.country),
        locale: LOCALES[customer.country] ?? 'en',
      },
    },
    ...customer.invoices.map((invoice) => invoiceEvent(customer.id, invoice, newestMinute)),
  ]
}

/** One invoice as one event; a refund's quantities are turned round, so that its amounts are positive. */
function invoiceEvent(customerId: string, invoice: Invoice, newestMinute: number): DemoEvent {
  return {
    ago: newestMinute - invoice.minute,
    type: 'track',
    event: invoice.isRefund ? 'Order Refunded' : 'Order Completed',
    userId: customerId,
    messageId: invoice.number,
    properties: {
      order_id: invoice.number,
      currency: 'GBP',
      products: invoice.lines.map(({ stockCode, quantity, price }) => ({
        product_id: stockCode,
        quantity: invoice.isRefund ? -quantity : quantity,
        price,
      })),
    },
  }
}
