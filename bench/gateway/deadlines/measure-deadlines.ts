import { join } from 'node:path'
import { projectRoot } from '../../../platform/project-root.ts'
import { PROFILES } from '../data.ts'
import { OTHER_CORE, startPinned } from '../measure/pinned-process.ts'
import { startContender, type RunningSubgraphs } from '../running.ts'
import type { Fault } from '../subgraphs/faults.ts'
import { monogram } from '../targets.ts'
import { SINGLE } from '../work.ts'
import type { TimedLoad, TimedLoadResult } from './timed-load.ts'

export const DEADLINE_MS = 100

/** A fault, where, and how hard the renders come. */
export interface DeadlineCase {
  name: string
  fault: Fault
  subgraphs: readonly string[]
  connections: number
  pauseMs: number
}

const FIRST = ['profiles']
const LATER = ['products', 'recommendations']
const CALM = { connections: 32, pauseMs: 20 }
/** More than can be asked for, in a closed loop. */
const OVERLOAD = { connections: 500, pauseMs: 0 }

export const DEADLINE_CASES: readonly DeadlineCase[] = [
  { name: 'no fault', fault: 'none', subgraphs: [], ...CALM },
  ...(
    ['slow', 'silent', 'half', 'dead', 'not-json', 'garbage', 'errors', 'large', 'huge', 'hostile'] as const
  ).map((fault) => ({ name: fault, fault, subgraphs: FIRST, ...CALM })),
  { name: 'silent, in the second step', fault: 'silent', subgraphs: LATER, ...CALM },
  { name: 'garbage, in the second step', fault: 'garbage', subgraphs: LATER, ...CALM },
  { name: 'overload, no fault', fault: 'none', subgraphs: [], ...OVERLOAD },
  { name: 'overload, silent', fault: 'silent', subgraphs: FIRST, ...OVERLOAD },
  { name: 'overload, dead', fault: 'dead', subgraphs: FIRST, ...OVERLOAD },
]

/** Starts a gateway and renders from its first moment on, with a fault in its subgraphs. */
export async function measureDeadlines(
  subgraphs: RunningSubgraphs,
  { fault, subgraphs: faulty, connections, pauseMs }: DeadlineCase,
  seconds: number,
): Promise<TimedLoadResult> {
  await setFaults(subgraphs, faulty, fault)
  await using server = await startContender(monogram, subgraphs)
  try {
    return await runLoad({
      port: Number(new URL(server.url).port),
      pid: server.pid,
      documentId: SINGLE.documentId,
      deadlineMs: DEADLINE_MS,
      connections,
      seconds,
      pauseMs,
      profiles: PROFILES,
    })
  } finally {
    await setFaults(subgraphs, [], 'none')
  }
}

async function runLoad(load: TimedLoad): Promise<TimedLoadResult> {
  const root = projectRoot(import.meta.url)
  await using program = startPinned({
    command: ['node', join(root, 'dist', 'bench', 'gateway', 'deadlines', 'load.js'), JSON.stringify(load)],
    core: OTHER_CORE,
    cwd: root,
  })
  return JSON.parse(await program.firstLine) as TimedLoadResult
}

async function setFaults(
  { addresses }: RunningSubgraphs,
  faulty: readonly string[],
  fault: Fault,
): Promise<void> {
  for (const [name, url] of Object.entries(addresses)) {
    await fetch(url, { method: 'PUT', body: faulty.includes(name) ? fault : 'none' })
  }
}
