import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { eventually } from '../../tests/support/eventually.ts'

const module = new URL('../../dist/bench/support/end-with-this-process.js', import.meta.url).href
/** Starts two children, of which the first ends by itself, and says who the other one is. */
const PARENT = `
  const { spawn } = await import('node:child_process')
  const { endWithThisProcess } = await import(${JSON.stringify(module)})
  const children = [spawn('true'), spawn('sleep', ['60'])]
  children.forEach(endWithThisProcess)
  children[0].once('exit', () => console.log(children[1].pid))`

test('a process that is killed leaves no child behind', async () => {
  const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  const pid = Number(line.toString())
  expect(isThere(pid)).toBe(true)
  parent.kill('SIGKILL')
  await eventually(async () => expect(isThere(pid)).toBe(false))
})

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
