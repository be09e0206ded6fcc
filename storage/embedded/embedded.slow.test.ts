import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { describeStorageContract } from '../contract.ts'
import { openEmbeddedStorage } from './open.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monogram-'))
})
afterEach(() => rm(dir, { recursive: true }))

describeStorageContract('embedded, inline writer', () => openEmbeddedStorage({ dir, writer: 'inline' }))
describeStorageContract('embedded, writer thread', () => openEmbeddedStorage({ dir, writer: 'thread' }))
