import type { IncomingHttpHeaders } from 'node:http'
import type { RequestContext } from '../core/access/request-context.ts'

/** The W3C Trace Context of a request as it came; whether it is well formed is looked at where it is sent on. */
export function traceOf({ traceparent, tracestate }: IncomingHttpHeaders): Pick<RequestContext, 'trace'> {
  if (typeof traceparent !== 'string') return {}
  return { trace: typeof tracestate === 'string' ? { traceparent, tracestate } : { traceparent } }
}
