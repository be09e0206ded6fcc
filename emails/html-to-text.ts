import { decodeEntities } from './decode-entities.ts'
import { controlTagsOf, type LiquidTag } from './mask-liquid.ts'

/**
 * The plain text of a masked page. Done once for each template, so that a recipient's text is made by Liquid from the
 * values themselves and never read back from escaped HTML. Left out: what is not shown (head, comments,
 * `display:none`) and what is mere decoration (`aria-hidden="true"`). Control tags stay even from there, since what
 * follows may depend on them. `tidyText` finishes the text once it is rendered.
 */
export function htmlToText(html: string, tags: readonly LiquidTag[]): string {
  let text = ''
  let hidden: { name: string; depth: number } | null = null
  const links: string[] = []
  for (const [token, skipped] of html.matchAll(TOKEN)) {
    if (skipped !== undefined || token.startsWith('<!')) {
      text += controlTagsOf(token, tags)
      continue
    }
    const element = parseElement(token)
    if (hidden !== null) {
      if (element === null) text += controlTagsOf(token, tags)
      else if (element.name === hidden.name) hidden.depth += element.closes ? -1 : 1
      if (hidden.depth === 0) hidden = null
    } else if (element === null) text += decodeEntities(token.replace(/\s+/g, ' '))
    else if (!element.closes && HIDDEN.test(token))
      hidden = VOID.has(element.name) ? null : { name: element.name, depth: 1 }
    else if (element.name !== 'a') text += textOf(element, token)
    else if (element.closes) text += links.pop() ?? ''
    else links.push(linkText(token))
  }
  return text
}

/** Turns breaks into line breaks and takes out what control tags and layout left behind: blank lines, spaces. */
export function tidyText(text: string): string {
  return `${text
    .replace(/[^\S\n\v]+/g, ' ')
    .replace(/[ \v]*\v[ \v]*/g, '\v')
    .replace(/[ \v]*\n[ \v]*/g, '\n')
    .replace(/\v/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`
}

const TOKEN =
  /<!--[\s\S]*?-->|<![^>]*>|<(head|style|script)\b[\s\S]*?<\/\1\s*>|<\/?[a-z](?:"[^"]*"|'[^']*'|[^>"'])*>|[^<]+|</gi
const HIDDEN = /\saria-hidden="true"|\sstyle="[^"]*display:\s*none/i
const BLOCKS = new Set('address blockquote div h3 h4 h5 h6 hr li ol section td th ul'.split(' '))
const PARAGRAPHS = new Set('h1 h2 p table tr'.split(' '))

/** A break between blocks: however many meet, they make one line break. In values it is white space as any other. */
const SOFT_BREAK = '\v'

/** Elements that have no content, and so no end. */
const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '))

interface Element {
  name: string
  closes: boolean
}

function parseElement(token: string): Element | null {
  const match = /^<(\/?)([a-z][a-z0-9]*)/i.exec(token)
  return match === null ? null : { name: (match[2] as string).toLowerCase(), closes: match[1] === '/' }
}

function textOf({ name, closes }: Element, token: string): string {
  if (name === 'br') return '\n'
  if (name === 'li' && !closes) return `${SOFT_BREAK}- `
  if (PARAGRAPHS.has(name)) return '\n\n'
  if (BLOCKS.has(name)) return SOFT_BREAK
  if (name === 'img') return decodeEntities(attribute(token, 'alt'))
  return ''
}

function linkText(token: string): string {
  const href = decodeEntities(attribute(token, 'href'))
  return href === '' || href.startsWith('#') ? '' : ` (${href})`
}

function attribute(token: string, name: string): string {
  return new RegExp(`\\s${name}="([^"]*)"`, 'i').exec(token)?.[1] ?? ''
}
