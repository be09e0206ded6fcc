import { machine, printTable, type Figure } from './support/figures.ts'
import { cacheBench } from './cache/cache.ts'
import { doorsBench } from './doors/doors.ts'
import { gatewayBench } from './gateway/gateway.ts'
import { ingestBench } from './ingest/ingest.ts'
import { pipelineBench } from './pipeline/pipeline.ts'
import { scaleModel } from './scale/model.ts'
import { scaleBench } from './scale/scale.ts'
import { streamBench } from './stream/stream.ts'

/** `npm run bench -- <name> [--json]`: prints figures and exits 0, whether goals are met or not. */
const BENCHES: Readonly<Record<string, () => Promise<Figure[]>>> = {
  cache: cacheBench,
  doors: doorsBench,
  gateway: gatewayBench,
  ingest: ingestBench,
  model: () => Promise.resolve(scaleModel()),
  pipeline: pipelineBench,
  scale: scaleBench,
  stream: streamBench,
}

const name = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? ''
const bench = BENCHES[name]
if (bench) {
  const report = { bench: name, machine: machine(), figures: await bench() }
  if (process.argv.includes('--json')) console.log(JSON.stringify(report, null, 2))
  else printTable(report)
} else {
  console.error(`expected the name of a bench (${Object.keys(BENCHES).join(', ')}), got "${name}"`)
  process.exitCode = 2
}
