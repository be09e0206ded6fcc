/**
 * The part of YAML that the files below deploy/ and docker-compose.yml are written in: mappings and lists by indentation,
 * lists in brackets, plain and quoted scalars, anchors, aliases and merges, comments. All scalars are texts. What goes
 * beyond throws.
 */
export type Yaml = string | Yaml[] | { [key: string]: Yaml }

interface Line {
  indent: number
  text: string
}

export function parseYaml(source: string): Yaml {
  const lines = source
    .split('\n')
    .map((line) => ({ indent: line.search(/\S|$/), text: line.trim() }))
    .filter(({ text }) => text !== '' && !text.startsWith('#'))
  const anchors = new Map<string, Yaml>()
  let at = 0
  const document = block(0)
  if (at < lines.length) throw new Error(`cannot be read as YAML: ${lines[at]?.text ?? ''}`)
  return document

  function block(indent: number): Yaml {
    return lines[at]?.text.startsWith('- ') ? list(indent) : mapping(indent)
  }

  function list(indent: number): Yaml[] {
    const items: Yaml[] = []
    for (let line = lines[at]; line?.indent === indent && line.text.startsWith('- '); line = lines[at]) {
      const rest = line.text.slice(2)
      if (/^[\w-]+: |^[\w-]+:$/.test(rest)) {
        lines[at] = { indent: indent + 2, text: rest }
        items.push(mapping(indent + 2))
      } else {
        at++
        items.push(scalar(rest))
      }
    }
    return items
  }

  function mapping(indent: number): Record<string, Yaml> {
    const result: Record<string, Yaml> = {}
    for (let line = lines[at]; line?.indent === indent && !line.text.startsWith('- '); line = lines[at]) {
      const [, key, rest = ''] = /^([\w<][\w<./-]*):(?: (.*))?$/.exec(line.text) ?? []
      if (key === undefined) throw new Error(`expected a key, got: ${line.text}`)
      at++
      const value = valueOf(rest, line)
      if (key === '<<') Object.assign(result, value, { ...result })
      else result[key] = value
    }
    return result
  }

  function valueOf(text: string, { indent }: Line): Yaml {
    const anchor = /^&(\w+)(?: (.*))?$/.exec(text)
    if (anchor) {
      const value = valueOf(anchor[2] ?? '', { indent, text })
      anchors.set(anchor[1] ?? '', value)
      return value
    }
    if (text.startsWith('*')) {
      const value = anchors.get(text.slice(1))
      if (value === undefined) throw new Error(`there is no anchor ${text}`)
      return value
    }
    if (text !== '') return scalar(text)
    const next = lines[at]
    if (!next || next.indent < indent || (next.indent === indent && !next.text.startsWith('- '))) return ''
    return block(next.indent)
  }
}

function scalar(text: string): Yaml {
  if (text.startsWith('[')) {
    if (!text.endsWith(']')) throw new Error(`a list in brackets ends in its line: ${text}`)
    return Array.from(text.slice(1, -1).matchAll(/'[^']*'|"[^"]*"|[^,\s][^,]*/g), ([item]) => scalar(item))
  }
  const quoted = /^'(.*)'$|^"(.*)"$/.exec(text)
  if (quoted) return quoted[1]?.replaceAll("''", "'") ?? quoted[2] ?? ''
  if (/^[|>{&*!]|: | #/.test(text)) throw new Error(`cannot be read: ${text}`)
  return text.trim()
}
