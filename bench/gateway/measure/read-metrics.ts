/** The samples without labels of a server's `/metrics`. */
export async function readMetrics(url: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return new Map(
    text.split('\n').flatMap((line): [string, number][] => {
      const [, name, value] = /^(\w+) (\S+)$/.exec(line) ?? []
      return name !== undefined && value !== undefined ? [[name, Number(value)]] : []
    }),
  )
}
