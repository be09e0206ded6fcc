#!/usr/bin/env node
import './v8-flags.js'
import { join } from 'node:path'
import module from 'node:module'
// Libraries check more, and more slowly, unless they are told that this is production.
process.env.NODE_ENV ??= 'production'
// From Node 22 on, what was compiled once is loaded as that; where the folder cannot be written, nothing is lost.
module.enableCompileCache?.(join(import.meta.dirname, '..', 'node_modules', '.cache', 'compile'))
await import('../dist/cli/main.js')
