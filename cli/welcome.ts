import type { FeaturedRecipient } from '../emails/pages.ts'
import type { Role } from '../platform/roles.ts'

export interface WelcomeOptions {
  url: string
  /** Null: everything. */
  roles: readonly Role[] | null
  /** Works once, in a browser; null without a gateway. */
  sessionUrl: string | null
  /** A new key, shown this once; null when none was made. */
  key: string | null
  featured: readonly FeaturedRecipient[]
}

/** What a start prints: where things are, and what to try next. */
export function welcome({ url, roles, sessionUrl, key, featured }: WelcomeOptions): string[] {
  const [person] = featured
  if (roles !== null || sessionUrl === null) {
    return [`Monogram (${roles?.join(', ')}) listens at ${url}`]
  }
  return [
    `Monogram is ready at ${url}`,
    '',
    `  In your browser (works once, for 15 minutes):  ${sessionUrl}`,
    `  Explorer of the graph:                         ${url}/graphql`,
    ...(person ? [`  An e-mail for ${person.name}:`.padEnd(49) + previewUrl(url, person)] : []),
    '',
    ...(key === null ? keyHint() : firstSteps(url, key, person)),
    '',
    'Stop with Ctrl-C.',
  ]
}

function previewUrl(url: string, person: FeaturedRecipient): string {
  return `${url}/emails/order-follow-up/preview?userId=${person.userId}`
}

function keyHint(): string[] {
  return [
    '  A key for commands and programs: npx monogram keys create --name mine --scope ingest --scope read',
  ]
}

function firstSteps(url: string, key: string, person: FeaturedRecipient | undefined): string[] {
  const userId = person?.userId ?? 'ada'
  const query = `{ profile(by: {kind: \\"userId\\", value: \\"${userId}\\"}) { firstName metrics { orders revenue { amount currency } } recommendations(first: 3) { product { title } reason { text } } } }`
  const event = `{"userId":"${userId}","traits":{"firstName":"Ada"}}`
  return [
    '  Your first key (shown this once):',
    `    export MONOGRAM_KEY=${key}`,
    '  Ask who somebody is:',
    `    curl -s ${url}/graphql -H "authorization: Bearer $MONOGRAM_KEY" -H 'content-type: application/json' \\`,
    `      -d '{"query":"${query}"}'`,
    '  Send an event, then ask again:',
    `    curl -s ${url}/v1/identify -u "$MONOGRAM_KEY:" -d '${event}'`,
  ]
}
