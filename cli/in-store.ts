import type { LoadedConfig } from '../platform/config/config.ts'
import type { CliContext } from './command.ts'
import type { CommandName, Commands } from './command-handlers.ts'
import { interruptible } from './interruptible.ts'
import { withStore } from './with-store.ts'

/** A short command on the store: without progress, stopped by a signal. */
export async function inStore<N extends CommandName>(
  name: N,
  args: Commands[N]['args'],
  context: CliContext,
  { config }: LoadedConfig,
): Promise<Commands[N]['result']> {
  using interrupt = interruptible(context)
  const { openServices } = context
  return await withStore(name, args, {
    config,
    openServices,
    onProgress: () => undefined,
    signal: interrupt.signal,
  })
}
