import { MonogramError } from '../core/errors.ts'

/** The one form in which a mistake in a template is told: `file:line: what is wrong`, which editors can jump to. */
export function templateInvalid(
  file: string,
  line: number | null,
  message: string,
  cause?: unknown,
): MonogramError {
  const place = line === null ? file : `${file}:${line}`
  return new MonogramError('TEMPLATE_INVALID', `${place}: ${message}`, { cause, details: { file, line } })
}
