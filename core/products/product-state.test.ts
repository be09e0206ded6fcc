import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, type JsonObject } from '../json.ts'
import type { ProductState } from './product.ts'
import { mergeProduct, productPatches, productView } from './product-state.ts'

function said(name: string, properties: JsonObject, currency?: string) {
  const event = { type: 'track', name, time: 7, key: 'k', body: { properties } } as const
  const patches = productPatches(event, currency === undefined ? {} : { currency })
  return patches.map(({ id, state }) => ({ id, ...productView(state) }))
}

describe('productPatches', () => {
  it('takes each named product of an order, and its price in the order’s currency', () => {
    const products = [
      { product_id: '85123A', name: ' WHITE LANTERN ', price: 2.55, category: 'Light', in_stock: false },
      { sku: 22, title: 'MUG', price: '300', currency: 'jpy', url: 'https://shop.example/mug' },
      { product_id: 'no-name', price: 1 },
      { name: 'no id' },
      'text',
    ]
    expect(said('Order Completed', { currency: 'GBP', products })).toEqual([
      {
        id: '85123A',
        title: 'WHITE LANTERN',
        price: 255,
        currency: 'GBP',
        category: 'Light',
        inStock: false,
      },
      { id: '22', title: 'MUG', price: 300, currency: 'JPY', url: 'https://shop.example/mug' },
    ])
  })

  it('takes the product that an event is about', () => {
    const image_url = 'http://shop.example/a.png'
    expect(said('Product Viewed', { product_id: 'p', name: 'MUG', image_url })).toEqual([
      { id: 'p', title: 'MUG', image: image_url },
    ])
    expect(said('Coupon Used', { id: 'c', name: 'TEN OFF' })).toEqual([])
  })

  it('leaves a price out that has no currency, is no number or is below zero', () => {
    const mug = { product_id: 'p', name: 'MUG' }
    expect(said('Product Viewed', { ...mug, price: 5 })).toEqual([{ id: 'p', title: 'MUG' }])
    expect(said('Product Viewed', { ...mug, price: 5 }, 'EUR')).toEqual([
      { id: 'p', title: 'MUG', price: 500, currency: 'EUR' },
    ])
    expect(said('Product Viewed', { ...mug, price: 'free' }, 'EUR')).toEqual([{ id: 'p', title: 'MUG' }])
    expect(said('Product Viewed', { ...mug, price: -5 }, 'EUR')).toEqual([{ id: 'p', title: 'MUG' }])
  })

  it('takes no address that a mail client must not be sent to', () => {
    const product = {
      product_id: 'p',
      name: 'MUG',
      url: 'javascript:alert(1)',
      image_url: 'data:image/png;base64,',
    }
    expect(said('Product Viewed', product)).toEqual([{ id: 'p', title: 'MUG' }])
  })

  it('says one thing of a product that stands on several lines', () => {
    const products = [
      { product_id: 'p', name: 'MUG', price: 1, category: 'Tea' },
      { product_id: 'p', name: 'MUG', price: 2 },
    ]
    expect(said('Order Completed', { currency: 'GBP', products })).toEqual([
      { id: 'p', title: 'MUG', price: 200, currency: 'GBP', category: 'Tea' },
    ])
  })

  it('learns nothing from refunds, or from what is no track', () => {
    const properties = { product_id: 'p', name: 'MUG' }
    expect(said('Order Refunded', properties)).toEqual([])
    expect(productPatches({ type: 'page', name: 'page', time: 1, key: 'k', body: { properties } })).toEqual(
      [],
    )
  })
})

describe('mergeProduct', () => {
  const states: fc.Arbitrary<ProductState> = fc.record(
    {
      title: entry(fc.constantFrom('x', 'y')),
      price: entry(fc.nat(3)),
      inStock: entry(fc.boolean()),
    },
    { requiredKeys: [] },
  )
  it('is associative, commutative and idempotent', () => {
    fc.assert(
      fc.property(states, states, states, (a, b, c) => {
        expect(canonicalJson(mergeProduct(a, b))).toBe(canonicalJson(mergeProduct(b, a)))
        expect(canonicalJson(mergeProduct(mergeProduct(a, b), c))).toBe(
          canonicalJson(mergeProduct(a, mergeProduct(b, c))),
        )
        expect(canonicalJson(mergeProduct(a, a))).toBe(canonicalJson(a))
      }),
    )
  })

  it('keeps of each field what was said last', () => {
    const old = { title: { value: 'MUG', at: 1, key: 'z' }, price: { value: 100, at: 5, key: 'a' } }
    const next = { title: { value: 'BIG MUG', at: 2, key: 'a' }, price: { value: 90, at: 5, key: '0' } }
    expect(productView(mergeProduct(old, next))).toEqual({ title: 'BIG MUG', price: 100 })
  })
})

function entry<T>(value: fc.Arbitrary<T>) {
  return fc.record({ value, at: fc.nat(3), key: fc.constantFrom('a', 'b', 'c') })
}
