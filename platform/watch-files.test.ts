import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { watchFiles } from './watch-files.ts'

let dir: string
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), 'monogram-watch-'))))
afterEach(() => rm(dir, { recursive: true }))

test('tells of each way in which files change', async () => {
  const file = join(dir, 'a')
  const folder = join(dir, 'folder')
  const link = join(dir, 'link')
  await writeFile(file, '1')
  await mkdir(folder)
  await writeFile(join(dir, 'target-1'), 'one')
  await writeFile(join(dir, 'target-2'), 'two')
  await symlink(join(dir, 'target-1'), link)
  let changed: () => void = () => undefined
  using _watch = await watchFiles({
    paths: [file, folder, link, join(dir, 'later')],
    onChange: () => changed(),
    intervalMs: 5,
  })
  const changes: (() => Promise<unknown>)[] = [
    () => writeFile(file, '22'),
    () => writeFile(join(folder, 'new'), ''),
    () => writeFile(join(folder, 'new'), 'more'),
    () => rm(join(folder, 'new')),
    async () => {
      await symlink(join(dir, 'target-2'), `${link}-next`)
      await rename(`${link}-next`, link)
    },
    () => writeFile(join(dir, 'later'), ''),
    () => rm(file),
  ]
  for (const change of changes) {
    const told = new Promise<void>((resolve) => (changed = resolve))
    await change()
    await told
  }
  expect(changes).toHaveLength(7)
})
