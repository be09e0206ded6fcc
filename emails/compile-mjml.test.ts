import { describe, expect, test } from 'vitest'
import { compileMjml } from './compile-mjml.ts'

const mjml = (body: string): string => `<mjml>
<mj-body>
<mj-section><mj-column>
${body}
</mj-column></mj-section>
</mj-body>
</mjml>`

const compileError = (source: string): string => {
  try {
    compileMjml(source, 'x.mjml')
    return 'nothing was thrown'
  } catch (error) {
    return (error as Error).message
  }
}

describe('compileMjml', () => {
  test('keeps Liquid as it was written, also where it looks like markup or stands in attributes', () => {
    const { html } = compileMjml(
      mjml(`<mj-raw>{% if a < 3 and b == "x" %}</mj-raw>
        <mj-text><a href="{{ url | default: "#" }}">{{ name | append: '<b>' }}</a></mj-text>
        <mj-raw>{% endif %}</mj-raw>
        <mj-table>{% for l in ls %}<tr style="color: {{ l.c }}"><td>{{ l }}</td></tr>{% endfor %}</mj-table>`),
      'x.mjml',
    )
    for (const tag of [
      '{% if a < 3 and b == "x" %}',
      '<a href="{{ url | default: "#" }}">{{ name | append: \'<b>\' }}</a>',
      '{% endif %}',
      '<tr style="color: {{ l.c }}">',
    ])
      expect(html).toContain(tag)
  })

  test('fetches nothing: no fonts, no scripts', () => {
    const { html } = compileMjml(mjml('<mj-text font-family="Roboto">a</mj-text>'), 'x.mjml')
    expect(html).not.toMatch(/googleapis|<script|<link|@import/)
  })

  test('refuses a tag that MJML would drop, naming its line', () => {
    expect(compileError(mjml('<mj-text>a</mj-text>\n{% if x %}'))).toBe(
      'x.mjml:5: {% if x %} stands between components, where MJML drops text: put it inside <mj-raw>',
    )
  })

  test('takes comments out, with the tags inside them, and keeps conditional ones', () => {
    const source = mjml(
      '<!-- {{ gone }}\n--><mj-text>a</mj-text><mj-raw><!--[if mso]>{{ kept }}<![endif]--></mj-raw>',
    )
    const { html } = compileMjml(source, 'x.mjml')
    expect(html).not.toContain('gone')
    expect(html).toContain('<!--[if mso]>{{ kept }}<![endif]-->')
  })

  test('names every mistake that MJML finds with its line, also behind tags of several lines', () => {
    expect(
      compileError(
        mjml('<mj-text>{% assign\n a = 1 %}</mj-text>\n<mj-foo />\n<mj-text colour="x">a</mj-text>'),
      ),
    ).toBe(
      "x.mjml:6: line 6, <mj-foo>: Element mj-foo doesn't exist or is not registered; line 7, <mj-text>: Attribute colour is illegal",
    )
  })

  test.each([
    ['<mj-text>a', 'x.mjml:5: </mj-column> where </mj-text> is expected, opened in line 4'],
    ['</mj-text>', 'x.mjml:4: </mj-text> where </mj-column> is expected, opened in line 3'],
    ['<mj-include path="/etc/passwd" />', 'x.mjml:4: mj-include is not available: put it all into one file'],
  ])('refuses %s, which MJML would repair or ignore', (body, message) => {
    expect(compileError(mjml(body))).toBe(message)
  })

  test('refuses what is no MJML at all', () => {
    expect(compileError('hello')).toBe('x.mjml: Parsing failed. Check your mjml.')
    expect(compileError('<mjml></mjml>')).toMatch(/^x\.mjml: Malformed MJML/)
    expect(compileError('<mjml>')).toBe('x.mjml:1: <mjml> is never closed')
  })

  test('the text leaves out choices between nothing and nothing', () => {
    const { text } = compileMjml(
      mjml(
        '<mj-text>a{% if x %}<img src="x" alt="" />{% else %}<span aria-hidden="true">AB</span>{% endif %}</mj-text>',
      ),
      'x.mjml',
    )
    expect(text.trim()).toBe('a')
  })
})
