#!/usr/bin/env node
import { join } from 'node:path'
import module from 'node:module'
import v8 from 'node:v8'
// Libraries check more, and more slowly, unless they are told that this is production.
process.env.NODE_ENV ??= 'production'
// Under load most of what grows old is garbage by then, and V8 would let it grow to four times what is needed.
v8.setFlagsFromString('--heap-growing-percent=100')
// Nearly all that is made here lives as long as a request. V8 comes to think otherwise of what it finds alive in the midst
// of one, and makes it in old memory from then on: see docs/decisions/0009.
v8.setFlagsFromString('--no-allocation-site-pretenuring')
// From Node 22 on, what was compiled once is loaded as that; where the folder cannot be written, nothing is lost.
module.enableCompileCache?.(join(import.meta.dirname, '..', 'node_modules', '.cache', 'compile'))
await import('../dist/cli/main.js')
