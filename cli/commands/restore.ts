import { resolve } from 'node:path'
import { restoreDataDir } from '../../storage/embedded/restore.ts'
import { JSON_OPTION, type Command } from '../command.ts'
import { requireEmbeddedStore } from '../require-embedded-store.ts'

export const restoreCommand: Command = {
  name: 'restore',
  summary: 'Make a backup the data folder, which must be empty',
  positionals: ['DIR'],
  options: { json: JSON_OPTION },
  async run(input, context, { config }) {
    const [dir = ''] = input.positionals
    requireEmbeddedStore(config, 'restore')
    const { dataDir } = config
    const manifest = await restoreDataDir({ from: resolve(context.cwd, dir), dataDir })
    if (input.flag('json')) context.out(JSON.stringify({ dataDir, ...manifest }, null, 2))
    else context.out(`Restored ${dataDir} as it was at ${new Date(manifest.createdAt).toISOString()}`)
    return 0
  },
}
