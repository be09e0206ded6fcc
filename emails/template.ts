import type { Render } from './liquid.ts'

/** An e-mail, ready to be rendered: everything that does not depend on the recipient is done. */
export interface EmailTemplate {
  /** `order-follow-up`: small letters, digits and hyphens. */
  name: string
  description: string
  /** BCP 47: what its words are written in, and how it writes numbers and dates. */
  language: string
  /** The GraphQL query; its variable `$by` is the recipient. What it answers is what the renders are given. */
  query: string
  subject: Render
  html: Render
  text: Render
}

export type EmailTemplates = ReadonlyMap<string, EmailTemplate>
