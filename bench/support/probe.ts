/** A person whose trait `n` is set by an event and read through the graph, to see when one shows in the other. */
const QUERY = '{ profile(by: { kind: "userId", value: "probe" }) { trait(key: "n") } }'

/** Sends `n`; `acknowledgedAt` is on the clock of performance.now(). */
export async function sendProbe(
  url: string,
  key: string,
  n: number,
): Promise<{ receipt: string; acknowledgedAt: number }> {
  const body = JSON.stringify({ userId: 'probe', traits: { n } })
  const headers = { 'content-type': 'application/json', authorization: `Basic ${btoa(`${key}:`)}` }
  const response = await fetch(`${url}/v1/identify?receipts=1`, { method: 'POST', headers, body })
  const acknowledgedAt = performance.now()
  if (response.status !== 200) throw new Error(`the probe was answered with ${response.status}`)
  const { receipts } = (await response.json()) as { receipts: [string] }
  return { receipt: receipts[0], acknowledgedAt }
}

/** What the graph says of it now, or once `after` shows; null for nothing. */
export async function readProbe(url: string, key: string, after?: string): Promise<number | null> {
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${key}`,
    ...(after !== undefined && { 'x-monogram-after': after }),
  }
  const body = JSON.stringify({ query: QUERY })
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body })
  const { data } = (await response.json()) as { data: { profile: { trait: number } | null } }
  return data.profile?.trait ?? null
}
