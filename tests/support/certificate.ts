import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Files in PEM. */
export interface Certificate {
  certificate: string
  key: string
}

/** Makes a certificate that is its own authority, with openssl; `host` as in a subjectAltName: `IP:127.0.0.1`. */
export async function selfSigned(dir: string, name: string, host: string): Promise<Certificate> {
  const files = { certificate: join(dir, `${name}.crt`), key: join(dir, `${name}.key`) }
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${host}`]
  const made = ['-keyout', files.key, '-out', files.certificate]
  await promisify(execFile)('openssl', ['req', '-x509', ...kind, ...subject, ...made])
  return files
}
