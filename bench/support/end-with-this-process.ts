import { spawn, type ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'

/**
 * Whatever ends this process, and be it SIGKILL, ends that child as well, by SIGKILL: what was to dispose of it may never
 * run, as in a test that is given up after its time.
 */
export function endWithThisProcess(child: ChildProcess): void {
  // One that could not be started says so by its `error`.
  if (child.pid === undefined) return
  const keeper = (running ??= startKeeper())
  keeper.write(`+ ${child.pid}\n`)
  // An id that is free may be another's next.
  child.once('exit', () => keeper.write(`- ${String(child.pid)}\n`))
}

/** Is told of children, and ends those that are there when its input ends, which it does with this process. */
const KEEPER = `children=" "
while read -r sign pid; do
  if [ "$sign" = + ]; then children="$children$pid "
  else children="\${children%%" $pid "*} \${children#*" $pid "}"
  fi
done
kill -9 $children`

let running: Socket | null = null

function startKeeper(): Socket {
  // In a session of its own: the signal by which a terminal ends all of its processes must not end this one too early.
  const keeper = spawn('sh', ['-c', KEEPER], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  // It is no reason to go on when there is nothing else to do.
  keeper.unref()
  const input = keeper.stdin as Socket
  return input.unref()
}
