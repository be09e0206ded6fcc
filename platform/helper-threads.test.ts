import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from './project-root.ts'

const program = `
import { readdirSync, readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { favourMainThread } from ${JSON.stringify(join(projectRoot(import.meta.url), 'dist', 'platform', 'helper-threads.js'))}
favourMainThread()
// The niceness is the 19th field of proc(5), counted here from the one after the name.
const nicenessOf = (thread) => Number(readFileSync('/proc/self/task/' + thread + '/stat', 'utf8').split(') ')[1].split(' ')[16])
const others = readdirSync('/proc/self/task').map(Number).filter((thread) => thread !== process.pid)
const started = new Worker('setInterval(() => undefined, 1000)', { eval: true })
await new Promise((resolve) => started.once('online', resolve))
const later = readdirSync('/proc/self/task').map(Number).filter((thread) => thread !== process.pid && !others.includes(thread))
console.log(JSON.stringify({ main: nicenessOf(process.pid), others: others.map(nicenessOf), later: later.map(nicenessOf) }))
process.exit()
`

test.runIf(process.platform === 'linux')(
  'the threads that there are give way to the main one, and those that are started later do not',
  () => {
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    })
    const { main, others, later } = JSON.parse(printed) as Record<'others' | 'later', number[]> & {
      main: number
    }
    expect(others.length).toBeGreaterThanOrEqual(4)
    expect(new Set(others.map((niceness) => niceness - main))).toEqual(new Set([10 - main]))
    expect(new Set(later)).toEqual(new Set([main]))
  },
)
