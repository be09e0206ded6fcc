import { ERRORS, type MonogramError } from '../core/errors.ts'
import type { EmailTemplate } from './template.ts'

/** Somebody whose preview is worth a look. */
export interface FeaturedRecipient {
  userId: string
  name: string
}

/** The templates, each with links to the previews of a few people. */
export function listPage(
  templates: readonly Pick<EmailTemplate, 'name' | 'description'>[],
  featured: readonly FeaturedRecipient[],
): string {
  const items = templates.map(({ name, description }) => {
    const links = featured.map((person) => {
      const address = `/emails/${encodeURIComponent(name)}/preview?userId=${encodeURIComponent(person.userId)}`
      return `<li><a href="${escapeHtml(address)}">${escapeHtml(person.name)}</a>
        <a class="quiet" href="${escapeHtml(`${address}&format=text`)}">as text</a></li>`
    })
    const people = links.length > 0 ? `<ul>${links.join('\n')}</ul>` : previewHint(name)
    return `<section><h2>${escapeHtml(name)}</h2><p>${escapeHtml(description)}</p>${people}</section>`
  })
  return page('E-mail templates', items.join('\n') || '<p>There are no templates.</p>')
}

/** What went wrong, for a person in front of a browser. */
export function errorPage(error: MonogramError, requestId: string): string {
  const hint =
    error.code === 'UNAUTHENTICATED'
      ? '<p>In a browser, open the one-time link that Monogram printed when it started. It signs this browser in.</p>'
      : ''
  return page(
    ERRORS[error.code].text,
    `<p>${escapeHtml(error.message)}</p>${hint}
    <p class="quiet">${escapeHtml(error.code)} · request ${escapeHtml(requestId)}</p>`,
  )
}

function previewHint(name: string): string {
  const address = `/emails/${encodeURIComponent(name)}/preview?userId=…`
  return `<p>See it for somebody: <code>${escapeHtml(address)}</code></p>`
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Monogram</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 12vh auto; padding: 0 1.5rem; }
h1 { font-size: 1.4rem; line-height: 1.3; }
h2 { font-size: 1.1rem; margin: 2rem 0 0; }
ul { padding-left: 1.2rem; }
code { overflow-wrap: anywhere; }
.quiet { color: GrayText; font-size: 0.85rem; margin-left: 0.5rem; }
p.quiet { margin-left: 0; }
</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body}
</body>
</html>
`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
}
