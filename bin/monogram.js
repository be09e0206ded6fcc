#!/usr/bin/env node
// Libraries check more, and more slowly, unless they are told that this is production.
process.env.NODE_ENV ??= 'production'
await import('../dist/cli/main.js')
