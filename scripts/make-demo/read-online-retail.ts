import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'

export interface Line {
  stockCode: string
  description: string
  /** Negative on an invoice that takes back. */
  quantity: number
  /** Pounds, with up to three decimals. */
  price: number
}

export interface Invoice {
  number: string
  /** Numbers with a C take something back. */
  isRefund: boolean
  /** Epoch minutes (UTC): the earliest of its lines. */
  minute: number
  country: string
  lines: Line[]
}

/** CustomerID (without its `.0`) to that customer's invoices, oldest first. */
export type Customers = Map<string, Invoice[]>

/** Reads the rows that name a customer, grouped by invoice wherever they stand in the file. */
export async function readOnlineRetail(path: string): Promise<Customers> {
  const customers = new Map<string, Map<string, Invoice>>()
  await pipeline(
    createReadStream(path),
    createGunzip(),
    parse({ columns: true }),
    async (rows: AsyncIterable<Row>) => {
      for await (const row of rows) if (row.CustomerID !== '') addRow(customers, row)
    },
  )
  return new Map(
    [...customers].map(([id, invoices]) => [
      id,
      [...invoices.values()].sort((a, b) => a.minute - b.minute || (a.number < b.number ? -1 : 1)),
    ]),
  )
}

type Row = Record<
  | 'InvoiceNo'
  | 'StockCode'
  | 'Description'
  | 'Quantity'
  | 'InvoiceDate'
  | 'UnitPrice'
  | 'CustomerID'
  | 'Country',
  string
>

function addRow(customers: Map<string, Map<string, Invoice>>, row: Row): void {
  const customerId = row.CustomerID.replace(/\.0$/, '')
  const invoices = customers.get(customerId) ?? new Map<string, Invoice>()
  customers.set(customerId, invoices)
  const minute = Date.parse(`${row.InvoiceDate.replace(' ', 'T')}Z`) / 60_000
  const invoice = invoices.get(row.InvoiceNo) ?? {
    number: row.InvoiceNo,
    isRefund: row.InvoiceNo.startsWith('C'),
    minute,
    country: row.Country,
    lines: [],
  }
  invoices.set(row.InvoiceNo, invoice)
  invoice.minute = Math.min(invoice.minute, minute)
  invoice.lines.push({
    stockCode: row.StockCode,
    description: row.Description.trim(),
    quantity: Number(row.Quantity),
    price: Number(row.UnitPrice),
  })
}
