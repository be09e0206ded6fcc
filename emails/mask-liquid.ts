/** A source whose Liquid tags are replaced by placeholders, which no markup tool splits or takes for markup. */
export interface MaskedSource {
  text: string
  tags: readonly LiquidTag[]
}

export interface LiquidTag {
  /** `{{ … }}` or `{% … %}`, as written. */
  text: string
  /** Counted from 1. */
  line: number
}

const LIQUID = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g

/** Private-use characters around the index: letters to CSS, text to HTML, and nobody writes them. */
const PLACEHOLDER = /\uE000(\d+)\uE001/g

/** Line numbers stay what they are: the line breaks of a tag are kept behind its placeholder. */
export function maskLiquid(source: string): MaskedSource {
  const tags: LiquidTag[] = []
  let line = 1
  let seen = 0
  const text = source.replace(LIQUID, (tag: string, at: number) => {
    line += countLineBreaks(source.slice(seen, at))
    seen = at
    tags.push({ text: tag, line })
    return `\uE000${tags.length - 1}\uE001${'\n'.repeat(countLineBreaks(tag))}`
  })
  return { text, tags }
}

export function unmaskLiquid(masked: string, tags: readonly LiquidTag[]): string {
  return masked.replace(PLACEHOLDER, (_, index: string) => tags[Number(index)]?.text ?? '')
}

/** The placeholders of tags that steer (`{% if %}`) rather than print (`{{ name }}`), in order, and nothing else. */
export function controlTagsOf(masked: string, tags: readonly LiquidTag[]): string {
  const placeholders = masked.match(PLACEHOLDER) ?? []
  return placeholders.filter((placeholder) => unmaskLiquid(placeholder, tags).startsWith('{%')).join('')
}

/** The first tag that is not in the text; null when all are. */
export function missingTag(masked: string, tags: readonly LiquidTag[]): LiquidTag | null {
  const present = new Set(masked.match(PLACEHOLDER))
  return tags.find((_, index) => !present.has(`\uE000${index}\uE001`)) ?? null
}

function countLineBreaks(text: string): number {
  return text.split('\n').length - 1
}
