import { describe, expect, it } from 'vitest'
import { commerceMeaning, orderAmount, productIdOf } from './commerce.ts'

describe('commerceMeaning', () => {
  it.each([
    ['Order Completed', 'order'],
    ['completed order', 'order'],
    ['ORDER_UPDATED', 'order'],
    ['orderPlaced', 'order'],
    ['Order Refunded', 'refund'],
    ['order-canceled', 'refund'],
    ['Product Viewed', 'view'],
    ['viewedProduct', 'view'],
    ['Product Added', 'cart'],
    ['Order Completed Survey', null],
    ['constructor', null],
  ])('of %s is %s', (name, meaning) => {
    expect(commerceMeaning({ type: 'track', name })).toBe(meaning)
  })

  it('belongs to tracks only', () => {
    expect(commerceMeaning({ type: 'page', name: 'Order Completed' })).toBeNull()
  })
})

describe('orderAmount', () => {
  it('has no amount rather than a wrong one', () => {
    const none = { amount: null, currency: 'GBP' }
    expect(orderAmount({}, 'GBP')).toEqual(none)
    expect(orderAmount({ total: {}, revenue: 'x', products: [] }, 'GBP')).toEqual(none)
    expect(orderAmount({ products: [{ price: 'x' }, { price: 5, quantity: [] }, null] }, 'GBP')).toEqual(none)
    const huge = Number.MAX_SAFE_INTEGER / 100
    expect(orderAmount({ products: [{ price: huge }, { price: huge }] }, 'GBP')).toEqual(none)
  })

  it('is in the default currency when its own is none', () => {
    expect(orderAmount({ total: 5, currency: 'pounds' }, 'GBP')).toEqual({ amount: 500, currency: 'GBP' })
    expect(orderAmount({ total: 5, currency: ' kwd' }, 'GBP')).toEqual({ amount: 5000, currency: 'KWD' })
  })
})

describe('productIdOf', () => {
  it('is the product_id, else the sku, else the id, as text', () => {
    expect(productIdOf({ product_id: ' 85123A ', sku: 'x' })).toBe('85123A')
    expect(productIdOf({ product_id: '', sku: 22 })).toBe('22')
    expect(productIdOf({ id: 'x' })).toBe('x')
    expect([{}, { id: 'a\nb' }, { id: 1.5 }, { id: 'x'.repeat(201) }].map(productIdOf)).toEqual(
      Array(4).fill(null),
    )
  })
})
