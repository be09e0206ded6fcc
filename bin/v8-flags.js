import v8 from 'node:v8'

/** How V8 runs here: imported before anything else, by each program that answers requests or is measured as one. */

// Under load most of what grows old is garbage by then, and V8 would let it grow to four times what is needed.
v8.setFlagsFromString('--heap-growing-percent=100')
// Nearly all that is made here lives as long as a request. V8 comes to think otherwise of what it finds alive in the midst
// of one, and makes it in old memory from then on: see docs/decisions/0009.
v8.setFlagsFromString('--no-allocation-site-pretenuring')
