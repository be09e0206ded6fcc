import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** `USER_HZ`: 100 on every Linux that Node runs on. */
const MS_PER_TICK = 10

/** User and system time that a process and its children have used since they began, in milliseconds; all threads. */
export function cpuMs(pid: number): number {
  let ticks = 0
  for (const each of withChildren(pid)) {
    const fields = statFields(each)
    // utime and stime of proc(5), counted from the field after the command's name.
    if (fields) ticks += Number(fields[11]) + Number(fields[12])
  }
  return ticks * MS_PER_TICK
}

/** What a core has worked since the machine began, for whomever, in milliseconds; what a host took away counts too. */
export function coreBusyMs(core: number): number {
  const line = readOrNull('/proc/stat')
    ?.split('\n')
    .find((each) => each.startsWith(`cpu${core} `))
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] =
    line?.split(' ').slice(1).map(Number) ?? []
  return (user + nice + system + irq + softirq + steal) * MS_PER_TICK
}

export function residentMegabytes(pid: number): number {
  let kilobytes = 0
  for (const each of withChildren(pid)) {
    const status = readOrNull(`/proc/${each}/status`)
    kilobytes += Number(/VmRSS:\s+(\d+) kB/.exec(status ?? '')?.[1] ?? 0)
  }
  return kilobytes / 1024
}

/** Resolves with its CPU time when a process has stopped working, or after five seconds of waiting for that. */
export async function idleCpuMs(pid: number): Promise<number> {
  let before = cpuMs(pid)
  let quiet = 0
  for (let tries = 0; tries < 50 && quiet < 2; tries++) {
    await pause(100)
    const now = cpuMs(pid)
    quiet = now - before <= MS_PER_TICK ? quiet + 1 : 0
    before = now
  }
  return before
}

function withChildren(pid: number): number[] {
  const parents = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const parent = Number(statFields(Number(name))?.[1] ?? 0)
    parents.set(parent, [...(parents.get(parent) ?? []), Number(name)])
  }
  const found = [pid]
  for (const each of found) found.push(...(parents.get(each) ?? []))
  return found
}

/** The fields of `/proc/<pid>/stat` after the command's name, which may itself hold spaces. */
function statFields(pid: number): string[] | null {
  const stat = readOrNull(`/proc/${pid}/stat`)
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
