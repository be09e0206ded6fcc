import { createLog } from '../platform/log.ts'
import { projectRoot, projectVersion } from '../platform/project-root.ts'
import { runCli } from './run-cli.ts'

process.exit(
  await runCli(process.argv.slice(2), {
    env: process.env,
    cwd: process.cwd(),
    signals: process,
    version: projectVersion(projectRoot(import.meta.url)),
    out: (line) => process.stdout.write(`${line}\n`),
    err: (text) => process.stderr.write(text),
    errIsTerminal: process.stderr.isTTY,
    createLog: (level) => createLog({ level }),
    // Loaded when they are asked for: most commands need neither, and loading them takes most of a second.
    openServices: async (config) => {
      const { openServices } = await import('./open-services.ts')
      return openServices(config, createLog({ level: config.logLevel }))
    },
    startServer: async (...given) => {
      const { startServer } = await import('./start-server.ts')
      return startServer(...given)
    },
  }),
)
