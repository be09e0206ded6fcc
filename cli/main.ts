import { createLog } from '../platform/log.ts'
import { projectRoot, projectVersion } from '../platform/project-root.ts'
import { runCli } from './run-cli.ts'
import { openServices } from './open-services.ts'
import { startServer } from './start-server.ts'

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
    openServices: (config) => openServices(config, createLog({ level: config.logLevel })),
    startServer,
  }),
)
