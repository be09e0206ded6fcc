import { figure, type Figure } from '../support/figures.ts'
import type { MeasuredCluster } from './parties.ts'
import { sendAll, type Request } from './requests.ts'
import { each, shares } from './usage-figures.ts'
import { usageOf } from './usage.ts'
import { SUBGRAPHS } from '../../platform/roles.ts'

const CONNECTIONS = 16
const DOCUMENT = 'order-follow-up'

/** An e-mail's data for each of these people, by so many gateways in turn. */
export async function measureRenders(
  on: MeasuredCluster,
  gateways: number,
  { userIds, kind }: { userIds: readonly string[]; kind: string },
): Promise<Figure[]> {
  const requests = renders(on, gateways, userIds)
  let answers: string[] = []
  let seconds = 0
  const usage = await usageOf(on, async () => {
    const started = performance.now()
    answers = await sendAll(requests, CONNECTIONS)
    seconds = (performance.now() - started) / 1_000
  })
  const count = requests.length
  const complete = answers.filter(isComplete).length
  const name = (what: string): string => `${gateways} gateways, ${kind}: ${what}`
  const conditions = `${count} renders of ${DOCUMENT}, ${CONNECTIONS} connections`
  return [
    figure(name('renders, a gateway'), count / seconds / gateways, 'renders/s', conditions),
    figure(name('gateway, a render'), each(usage, 'gateway', count), 'CPU-ms', `all ${gateways} together`),
    ...SUBGRAPHS.map((subgraph) =>
      figure(name(`${subgraph}, a render`), each(usage, subgraph, count), 'CPU-ms', '1 process'),
    ),
    figure(name('round trips to the store, a render'), usage.storeCalls / count, 'calls', 'batched together'),
    figure(name('network of the store, a render'), usage.storeBytes / count, 'bytes', 'both ways'),
    figure(name('Redis, a render'), usage.redisCommands / count, 'commands', 'those in scripts included'),
    figure(name('network of Redis, a render'), usage.redisBytes / count, 'bytes', 'both ways'),
    figure(name('CPU of Redis, a render'), each(usage, 'redis', count), 'CPU-ms', ''),
    figure(name('document server, a render'), each(usage, 'documents', count), 'CPU-ms', 'not MongoDB'),
    figure(name('answer'), answers.join('').length / count, 'bytes', 'without headers'),
    figure(name('complete answers'), (100 * complete) / count, '%', 'nothing degraded'),
    ...shares(usage, name, ['gateway', ...SUBGRAPHS]),
  ]
}

/** Enough of other variables that the code of each gateway is compiled, and nothing of them is asked again. */
export async function warmUp(
  on: MeasuredCluster,
  gateways: number,
  userIds: readonly string[],
): Promise<void> {
  for (const currency of ['EUR', 'USD', 'SEK']) {
    await sendAll(renders(on, gateways, userIds, { currency }), CONNECTIONS)
  }
}

function renders(
  { cluster, key }: MeasuredCluster,
  gateways: number,
  userIds: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Request[] {
  return userIds.map((value, i) => ({
    url: `${cluster.url(`gateway-${i % gateways}`)}/render/${DOCUMENT}`,
    key,
    body: JSON.stringify({
      deadlineMs: 20_000,
      variables: { ...variables, by: { kind: 'userId', value } },
    }),
  }))
}

function isComplete(answer: string): boolean {
  const { data, extensions } = JSON.parse(answer) as {
    data: { profile: { lastOrder: unknown } | null }
    extensions: { degraded: unknown[] }
  }
  return Boolean(data.profile?.lastOrder) && extensions.degraded.length === 0
}
