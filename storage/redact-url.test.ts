import { expect, test } from 'vitest'
import { redactUrl } from './redact-url.ts'

test.each([
  ['mongodb://db:27017/monogram', 'mongodb://db:27017/monogram'],
  [
    'mongodb://ada:s3cret@db1,db2/monogram?replicaSet=rs0',
    'mongodb://ada:***@db1,db2/monogram?replicaSet=rs0',
  ],
  ['mongodb+srv://ada:s3cr@t@db/x', 'mongodb+srv://ada:***@db/x'],
  ['mongodb://ada:s3c/ret@db/x', 'mongodb://ada:***@db/x'],
  ['mongodb://ada:s3?cr@et@db/x', 'mongodb://ada:***@db/x'],
  ['mongodb://s3cret@db/x', 'mongodb://***@db/x'],
  [
    'mongodb://db/?tlsCertificateKeyFilePassword=s3cret&tls=true',
    'mongodb://db/?tlsCertificateKeyFilePassword=***&tls=true',
  ],
  [
    'mongodb://db/?authMechanismProperties=AWS_SESSION_TOKEN:s3cret',
    'mongodb://db/?authMechanismProperties=***',
  ],
])('shows %s without its secrets', (url, shown) => {
  expect(redactUrl(url)).toBe(shown)
})
