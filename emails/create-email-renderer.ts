import type { ExecutionResult } from 'graphql'
import type { RequestContext } from '../core/access/request-context.ts'
import { MonogramError } from '../core/errors.ts'
import type { Log } from '../platform/log.ts'
import { checkAnswer, type Recipient } from './check-answer.ts'
import type { EmailTemplate, EmailTemplates } from './template.ts'

export interface EmailRenderer {
  /** In order of name. */
  readonly templates: readonly Pick<EmailTemplate, 'name' | 'description'>[]
  /**
   * One e-mail for one person. A part of the graph that does not answer leaves its place to the template's fallback
   * and is named in `degraded`.
   *
   * @throws MonogramError TEMPLATE_UNKNOWN, RECIPIENT_UNKNOWN, RECEIPT_UNKNOWN, BAD_USER_INPUT, TEMPLATE_INVALID
   */
  render(request: RenderRequest): Promise<RenderedEmail>
}

export interface RenderRequest {
  template: string
  key: Recipient
  context: RequestContext
}

export interface RenderedEmail {
  /** One line. */
  subject: string
  /** A whole document. */
  html: string
  text: string
  /** Paths of the query that failed; empty when all was there. */
  degraded: string[]
  /** It does not show yet what the request demanded to see. */
  stale?: true
}

export interface EmailRendererOptions {
  templates: EmailTemplates
  /** The gateway's: e-mails speak GraphQL like any renderer. */
  execute: (request: {
    document: string
    variables: Record<string, unknown>
    context: RequestContext
  }) => Promise<ExecutionResult>
  log: Log
}

export function createEmailRenderer({ templates, execute, log }: EmailRendererOptions): EmailRenderer {
  return {
    templates: [...templates.values()].map(({ name, description }) => ({ name, description })),

    async render({ template: name, key, context }) {
      const template = requireTemplate(templates, name)
      const result = await execute({ document: template.query, variables: { by: key }, context })
      const { values, degraded, isStale } = checkAnswer(result, template, key)
      if (degraded.length > 0)
        log.warn({ template: name, degraded, requestId: context.requestId }, 'e-mail rendered with fallbacks')
      return {
        subject: template.subject(values),
        html: template.html(values),
        text: template.text(values),
        degraded,
        ...(isStale && { stale: true }),
      }
    },
  }
}

function requireTemplate(templates: EmailTemplates, name: string): EmailTemplate {
  const template = templates.get(name)
  if (template !== undefined) return template
  const known = [...templates.keys()].join(', ') || 'none'
  throw new MonogramError('TEMPLATE_UNKNOWN', `there is no template "${name}"; there are: ${known}`)
}
