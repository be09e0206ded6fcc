import { resolve } from 'node:path'
import { JSON_OPTION, type Command } from '../command.ts'
import { inStore } from '../in-store.ts'
import { requireEmbeddedStore } from '../require-embedded-store.ts'

export const backupCommand: Command = {
  name: 'backup',
  summary: 'Copy the data folder into a new folder, also while the server runs',
  positionals: ['DIR'],
  options: { json: JSON_OPTION },
  async run(input, context, config) {
    requireEmbeddedStore(config.config, 'backup')
    const [dir = ''] = input.positionals
    const target = resolve(context.cwd, dir)
    const manifest = await inStore('backup', { target }, context, config)
    if (input.flag('json')) context.out(JSON.stringify({ target, ...manifest }, null, 2))
    else {
      const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
      context.out(`Backup written to ${target} (${(bytes / 1_048_576).toFixed(1)} MB)`)
    }
    return 0
  },
}
