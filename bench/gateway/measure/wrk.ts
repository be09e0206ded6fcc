import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { OTHER_CORE, pinned } from './pinned-process.ts'

/** A load as `wrk` makes it: a closed loop over this many connections, so percentiles leave out what never got in. */
export interface Load {
  url: string
  /** From {@link writeLuaScript}. */
  script: string
  connections: number
  seconds: number
}

export interface LoadResult {
  requests: number
  requestsPerSecond: number
  p50Ms: number
  p99Ms: number
  /** Answers that were not 2xx, and connections that broke. */
  failures: number
}

export function wrkIsInstalled(): boolean {
  return spawnSync('wrk', ['--version']).error === undefined
}

export async function runWrk({ url, script, connections, seconds }: Load): Promise<LoadResult> {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '20s', '-s', script, url]
  const [program, ...rest] = pinned(['wrk', ...args], OTHER_CORE)
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await once(child, 'close')
  const line = output.split('\n').find((each) => each.startsWith('{'))
  if (line === undefined) throw new Error(`wrk ${args.join(' ')} gave no result:\n${output}`)
  return JSON.parse(line) as LoadResult
}

export interface LuaScript {
  path: string
  /** The body of a request in Lua, an expression; `id()` in it is the quoted id of a random profile. */
  body: string
  profiles: number
  /** Sent instead, one time in so many. */
  sometimes?: { oneIn: number; path: string; body: string }
}

export function writeLuaScript({ path, body, profiles, sometimes }: LuaScript): void {
  const other = sometimes
    ? `  if math.random(${sometimes.oneIn}) == 1 then return wrk.format("POST", "${sometimes.path}", headers, ${sometimes.body}) end\n`
    : ''
  writeFileSync(
    path,
    `
math.randomseed(os.time())
local headers = { ["content-type"] = "application/json" }
local sent = 0
local function id() return '"profile-' .. math.random(0, ${profiles - 1}) .. '"' end
local function ids(n)
  local list = {}
  for i = 1, n do list[i] = id() end
  return "[" .. table.concat(list, ",") .. "]"
end
function request()
  sent = sent + 1
${other}  return wrk.format("POST", nil, headers, ${body})
end
function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"requests":%d,"requestsPerSecond":%.1f,"p50Ms":%.3f,"p99Ms":%.3f,"failures":%d}',
    summary.requests, summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
`,
  )
}

/** A text as a Lua string literal. */
export function luaString(text: string): string {
  return `[==[${text}]==]`
}
