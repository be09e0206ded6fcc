import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { projectRoot } from '../../../platform/project-root.ts'
import { hasProgram, startProgram } from './program.ts'
import type { RunningServer, ServerKind } from './server-kind.ts'

const folder = join(projectRoot(import.meta.url), 'tests/support/servers')

/** mongo-java-server: a document database that speaks MongoDB's protocol and keeps its promise for one document. */
export const DOCUMENT_SERVER: ServerKind = {
  name: 'document server',
  urlVariable: 'MONOGRAM_TEST_MONGODB_URL',
  missing: () => {
    const absent = ['java', 'mvn'].filter((name) => !hasProgram(name))
    return absent.length === 0 ? null : `${absent.join(' and ')} not on the path`
  },
  start: () => startDocumentServer(),
}

/** One on a port and a file of its own. */
export async function startDocumentServer(): Promise<RunningServer & { readonly pid: number }> {
  const dir = await mkdtemp(join(tmpdir(), 'monogram-documents-'))
  const program = await startOn(0, join(dir, 'documents.db'))
  return {
    url: `mongodb://127.0.0.1:${program.readyLine[1] ?? ''}`,
    pid: program.pid,
    [Symbol.asyncDispose]: async () => {
      await program[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function startOn(port: number, file: string) {
  const jars = await fetchJars('document-server')
  const serve = join(folder, 'document-server/Serve.java')
  return startProgram('java', [...JVM, '-cp', join(jars, '*'), serve, String(port), file], {
    ready: /listening on (\d+)/,
  })
}

/** For a start in a second and a process of a bounded size. */
const JVM = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

/** The folder with the jars of a server that runs on Java; they are fetched the first time. */
export async function fetchJars(server: string): Promise<string> {
  const { stdout } = await promisify(execFile)(join(folder, 'fetch-jars'), [server])
  return stdout.trim()
}
