import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** What a Redis of this machine answers to a command, as text. */
export async function redisCommand(port: number, ...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('redis-cli', ['-p', String(port), ...words])
  return stdout
}

/** Numbers of what `INFO` says; 0 where it says nothing of one. */
export async function redisInfo(port: number, ...names: string[]): Promise<number[]> {
  const text = await redisCommand(port, 'info', 'everything')
  return names.map((name) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(text)?.[1] ?? 0))
}

/** User and system time of a Redis since it began, in milliseconds. */
export async function redisCpuMs(port: number): Promise<number> {
  const [user = 0, system = 0] = await redisInfo(port, 'used_cpu_user', 'used_cpu_sys')
  return 1_000 * (user + system)
}

/** Calls of scripts since it began, and what they took in all. */
export async function redisScripts(port: number): Promise<{ calls: number; ms: number }> {
  const text = await redisCommand(port, 'info', 'commandstats')
  const [, calls = 0, microseconds = 0] = /^cmdstat_evalsha:calls=(\d+),usec=(\d+)/m.exec(text) ?? []
  return { calls: Number(calls), ms: Number(microseconds) / 1_000 }
}
