import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { compileTemplate, createCompiledCache } from './compiled-cache.ts'

const MJML =
  '<mjml><mj-body><mj-section><mj-column><mj-text>Hello {{ name }}</mj-text></mj-column></mj-section></mj-body></mjml>'
const OTHER = MJML.replace('Hello', 'Good day')

let parent: string
let folder: string
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'monogram-'))
  folder = join(parent, 'cache', 'templates')
})
afterEach(() => rm(parent, { recursive: true, force: true }))

async function storedIn(): Promise<string[]> {
  return (await readdir(folder)).toSorted()
}

test('what was compiled before is read, not compiled: it is the same', async () => {
  const compiled = await createCompiledCache(folder).compile(MJML, 'a.mjml')
  expect(compiled).toEqual(await compileTemplate(MJML, 'a.mjml'))
  const [name = ''] = await storedIn()
  await writeFile(join(folder, name), JSON.stringify({ html: 'known', text: 'known' }))
  const again = createCompiledCache(folder)
  expect(await again.compile(MJML, 'b.mjml')).toEqual({ html: 'known', text: 'known' })
  expect((await again.compile(OTHER, 'c.mjml')).text).toContain('Good day')
})

test('what is broken is compiled again, and what is no longer used goes', async () => {
  const first = createCompiledCache(folder)
  const compiled = await first.compile(MJML, 'a.mjml')
  await first.compile(OTHER, 'b.mjml')
  expect(await storedIn()).toHaveLength(2)
  for (const name of await storedIn()) await writeFile(join(folder, name), '{"html":')
  const next = createCompiledCache(folder)
  expect(await next.compile(MJML, 'a.mjml')).toEqual(compiled)
  await next.dropUnused()
  expect(await storedIn()).toHaveLength(1)
})

test('a folder that cannot be written costs time and nothing else', async () => {
  const file = join(parent, 'a-file')
  await writeFile(file, '')
  const cache = createCompiledCache(join(file, 'templates'))
  expect((await cache.compile(MJML, 'a.mjml')).text).toContain('Hello')
  await cache.dropUnused()
})

test('a mistake is told whether or not anything is remembered', async () => {
  const broken = MJML.replaceAll('mj-text', 'mj-texte')
  const cache = createCompiledCache(folder)
  for (let n = 0; n < 2; n++) {
    await expect(cache.compile(broken, 'a.mjml')).rejects.toMatchObject({ code: 'TEMPLATE_INVALID' })
  }
})
