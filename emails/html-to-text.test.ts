import { expect, test } from 'vitest'
import { htmlToText, tidyText } from './html-to-text.ts'
import { maskLiquid, unmaskLiquid } from './mask-liquid.ts'

function toText(html: string): string {
  const { text, tags } = maskLiquid(html)
  return tidyText(unmaskLiquid(htmlToText(text, tags), tags))
}

test('a page reads as its paragraphs, rows, lists and links', () => {
  const html = `<!doctype html><html><head><title>No</title><style>p { color: red }</style></head><body>
    <h1>Hello</h1><p>One<br>two &amp; &pound;3&nbsp;&#x2014; &#8364;</p>
    <table><tr><td>Lamp</td><td>2 &times; 4</td></tr><tr><td>Bag</td></tr></table>
    <ul><li>a</li><li>b</li></ul>
    <a href="https://shop.example/x?a=1&amp;b=2">Look</a> <img src="x" alt="a bird">
  </body></html>`
  expect(toText(html)).toBe(
    'Hello\n\nOne\ntwo & £3 — €\n\nLamp\n2 × 4\n\nBag\n\n- a\n- b\nLook (https://shop.example/x?a=1&b=2) a bird\n',
  )
})

test('what is not shown, or only decorates, is left out with everything in it', () => {
  const html =
    '<div style="display:none">pre<div>view</div></div>A<td aria-hidden="true"><td>B</td></td><!-- C -->D'
  expect(toText(html)).toBe('AD\n')
  expect(toText('A<img src="x" alt="B" aria-hidden="true">C')).toBe('AC\n')
})

test('control tags stay even from hidden parts, in order; printing tags there go', () => {
  const html =
    '<head>{% assign a = 1 %}{{ b }}</head><!--[if mso]>{% if a %}<![endif]-->x<i>{{ c }}</i>{% endif %}'
  expect(toText(html)).toBe('{% assign a = 1 %}{% if a %}x{{ c }}{% endif %}\n')
})

test('a link with a Liquid address keeps it', () => {
  expect(toText('<a href="{{ url }}">Look</a>')).toBe('Look ({{ url }})\n')
})
