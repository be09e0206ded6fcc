import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'

export interface ExplorerPage {
  /** The whole page, with all it needs, compressed. */
  readonly gzipped: Buffer
  readonly etag: string
  readonly contentSecurityPolicy: string
  plain(): Promise<Buffer>
}

/**
 * An explorer in one file that loads nothing from elsewhere. It has 9 MB, so it is made when it is first wanted, and
 * only kept compressed. Concurrent calls share one making; a failure is not kept.
 */
export function createExplorerPage(endpoint: string): () => Promise<ExplorerPage> {
  let page: Promise<ExplorerPage> | null = null
  return () => {
    page ??= makePage(endpoint).catch((error: unknown) => {
      page = null
      throw error
    })
    return page
  }
}

const FIRST_QUERY = `# Ask about one customer. Keep the cursor inside the braces and press ctrl-space for what there is.
{
  searchProfiles(text: "a", first: 3) {
    edges {
      node { id firstName lastName email }
    }
  }
}
`

async function makePage(endpoint: string): Promise<ExplorerPage> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const html = renderGraphiQL({
    title: 'Monogram',
    endpoint,
    subscriptionsProtocol: 'WS',
    credentials: 'same-origin',
    defaultQuery: FIRST_QUERY,
  })
  const gzipped = await promisify(gzip)(html)
  return {
    gzipped,
    etag: `"${createHash('sha256').update(gzipped).digest('base64url').slice(0, 22)}"`,
    contentSecurityPolicy: policyFor(html),
    plain: () => promisify(gunzip)(gzipped),
  }
}

/** Scripts of the page itself by their hash, its editor's workers and styles, requests to this server, and nothing else. */
function policyFor(html: string): string {
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  )
  return [
    "default-src 'none'",
    `script-src ${scripts.join(' ')}`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
