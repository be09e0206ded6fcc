import mjml2html from 'mjml'
import { checkNesting } from './check-nesting.ts'
import { htmlToText } from './html-to-text.ts'
import { controlTagsOf, maskLiquid, missingTag, unmaskLiquid, type LiquidTag } from './mask-liquid.ts'
import { templateInvalid } from './template-invalid.ts'

/** Two Liquid templates: the page, and the same as plain text. */
export interface CompiledMjml {
  html: string
  text: string
}

/**
 * Compiles MJML that has Liquid in it, so that nothing but Liquid is left to do for a recipient. Every Liquid tag is in
 * the result: MJML drops text that stands between its components without a word, so a tag there is refused.
 *
 * @throws MonogramError TEMPLATE_INVALID naming file and line.
 */
export function compileMjml(source: string, file: string): CompiledMjml {
  const { text: masked, tags } = maskLiquid(withoutComments(source))
  checkNesting(masked, file)
  const html = compactWhitespace(toHtml(masked, file), tags)
  const lost = missingTag(html, tags)
  if (lost !== null)
    throw templateInvalid(
      file,
      lost.line,
      `${lost.text} stands between components, where MJML drops text: put it inside <mj-raw>`,
    )
  return {
    html: unmaskLiquid(html, tags),
    text: withoutIdleChoices(unmaskLiquid(htmlToText(html, tags), tags)),
  }
}

function toHtml(masked: string, file: string): string {
  try {
    /* The published types are those of mjml 5, which answers a promise; mjml 4 answers at once. */
    const result = mjml2html(masked, {
      validationLevel: 'strict',
      ignoreIncludes: true,
      fonts: {},
    }) as unknown as { html: string }
    return result.html
  } catch (error) {
    const problems = (error as { errors?: MjmlProblem[] }).errors ?? []
    const list = problems.map(({ line, tagName, message }) => `line ${line}, <${tagName}>: ${message}`)
    throw templateInvalid(file, problems[0]?.line ?? null, list.join('; ') || (error as Error).message, error)
  }
}

/** As mjml's validator reports it. */
interface MjmlProblem {
  line: number
  tagName: string
  message: string
}

/** Comments go and their line breaks stay. Conditional ones for Outlook (`<!--[if mso]>`) are markup, and stay. */
function withoutComments(source: string): string {
  return source.replace(/<!--(?!\[|<!)[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, ''))
}

/**
 * Indentation is a good part of what mjml answers. One line break is left of each run, so that nothing that stood apart
 * grows together; those around a control tag on its own line go, since they would be left as blank lines.
 */
function compactWhitespace(html: string, tags: readonly LiquidTag[]): string {
  return html
    .replace(/\s*\n\s*/g, '\n')
    .replace(/[ \t]{2,}/g, ' ')
    .replace(/\n(\uE000\d+\uE001)(?=\n)/g, (line, tag: string) => controlTagsOf(tag, tags) || line)
    .trim()
}

const IDLE_CHOICE = /\{%-?\s*if\b[^%]*%\}(?:\s|\{%-?\s*(?:else|elsif\b[^%]*)\s*-?%\})*\{%-?\s*endif\s*-?%\}/g

/** Where a picture or decoration stood, a choice between nothing and nothing is left: it need not be made each time. */
function withoutIdleChoices(text: string): string {
  const shorter = text.replace(IDLE_CHOICE, ' ')
  return shorter.length === text.length ? text : withoutIdleChoices(shorter)
}
