import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { projectRoot, projectVersion } from './project-root.ts'

test('a source file and its compiled copy have the same project root', () => {
  const root = projectRoot(import.meta.url)
  expect(existsSync(join(root, 'package.json'))).toBe(true)
  expect(projectRoot(pathToFileURL(join(root, 'dist', 'platform', 'project-root.js')).href)).toBe(root)
  expect(projectVersion(root)).toMatch(/^\d+\.\d+\.\d+/)
})

test('outside of any project there is none', () => {
  expect(() => projectRoot('file:///nowhere/at/all.js')).toThrow('no package.json of monogram')
})
