import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { MonogramError } from '../../core/errors.ts'
import type { ConfigFile, LoadedConfig } from './config.ts'
import { parseConfig } from './parse-config.ts'

/** Reads the file that MONOGRAM_CONFIG names, if any, and parses the whole configuration. CONFIG_INVALID. */
export async function loadConfig(env: Readonly<Record<string, string | undefined>>): Promise<LoadedConfig> {
  const path = env['MONOGRAM_CONFIG']
  return parseConfig(env, path ? await readConfigFile(resolve(path)) : null)
}

async function readConfigFile(path: string): Promise<ConfigFile> {
  try {
    return { path, content: JSON.parse(await readFile(path, 'utf8')) as unknown }
  } catch (error) {
    const problem = error instanceof SyntaxError ? `is not JSON (${error.message})` : 'cannot be read'
    throw new MonogramError('CONFIG_INVALID', `MONOGRAM_CONFIG: the file ${path} ${problem}`, {
      cause: error,
    })
  }
}
