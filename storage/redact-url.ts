/** A database URL as it may be shown and logged: without its password, and without options that hold secrets. */
export function redactUrl(url: string): string {
  return url
    .replace(CREDENTIALS, (_, scheme: string, credentials: string) => {
      const [user = '', password] = credentials.split(':', 2)
      return `${scheme}${password === undefined ? '' : `${user}:`}***@`
    })
    .replace(SECRET_OPTION, '$1***')
}

/** Up to the last @: a password that should have been encoded may have one, or a ?, and too much is better hidden than too little. */
const CREDENTIALS = /^([a-z][a-z0-9+.-]*:\/\/)(.*)@/i
const SECRET_OPTION = /([?&][^=&]*(?:password|secret|token|properties|key)[^=&]*=)[^&]*/gi
