import { templateInvalid } from './template-invalid.ts'

const MJML_TAG = /<(\/?)(mj[a-z-]*)\b(?:"[^"]*"|'[^']*'|[^>"'])*?(\/?)>/g

/**
 * Refuses what MJML would silently repair or leave out: a component that is not closed, a closing tag without an
 * opening one, and `mj-include`.
 *
 * @throws MonogramError TEMPLATE_INVALID naming file and line.
 */
export function checkNesting(mjml: string, file: string): void {
  const open: { name: string; line: number }[] = []
  for (const { name, line, kind } of mjmlTags(mjml)) {
    if (name === 'mj-include')
      throw templateInvalid(file, line, 'mj-include is not available: put it all into one file')
    if (kind === 'opens') open.push({ name, line })
    if (kind !== 'closes') continue
    const last = open.pop()
    if (last === undefined) throw templateInvalid(file, line, `</${name}> closes nothing`)
    if (last.name !== name)
      throw templateInvalid(
        file,
        line,
        `</${name}> where </${last.name}> is expected, opened in line ${last.line}`,
      )
  }
  const left = open.pop()
  if (left !== undefined) throw templateInvalid(file, left.line, `<${left.name}> is never closed`)
}

function* mjmlTags(
  mjml: string,
): Generator<{ name: string; line: number; kind: 'opens' | 'closes' | 'both' }> {
  let line = 1
  let seen = 0
  for (const match of mjml.matchAll(MJML_TAG)) {
    line += mjml.slice(seen, match.index).split('\n').length - 1
    seen = match.index
    const [, slash, name = '', selfClosing] = match
    yield { name, line, kind: slash === '/' ? 'closes' : selfClosing === '/' ? 'both' : 'opens' }
  }
}
