import { expect, test } from 'vitest'
import { runMonogram, temporaryFolder } from '../bench/support/monogram-process.ts'
import { selfSigned } from './support/certificate.ts'
import { describeWithServer } from './support/servers/describe-with-server.ts'
import { hasProgram } from './support/servers/program.ts'
import { REDIS_SERVER, startRedis } from './support/servers/redis-server.ts'

describeWithServer(REDIS_SERVER, 'Redis over TLS', () => {
  test.skipIf(!hasProgram('openssl'))(
    'is used when its certificate is known, and refused with the reason when it is not; openssl makes the certificate',
    async () => {
      const dir = temporaryFolder()
      const tls = await selfSigned(dir, '127.0.0.1', 'IP:127.0.0.1')
      await using redis = await startRedis({ tls })
      const lookAt = async (env: Record<string, string>): Promise<unknown> => {
        const roles = { MONOGRAM_ROLES: 'gateway', MONOGRAM_SECRET: 'the secret of a test of TLS' }
        const all = { ...roles, MONOGRAM_REDIS_URL: redis.url, ...env }
        const { stdout } = await runMonogram(['doctor', '--json'], { dataDir: dir, env: all })
        const { checks } = JSON.parse(stdout) as { checks: { name: string }[] }
        return checks.find(({ name }) => name === 'Redis')
      }
      expect(redis.url).toContain('rediss://')
      expect(await lookAt({ NODE_EXTRA_CA_CERTS: tls.certificate })).toMatchObject({ ok: true })
      expect(await lookAt({})).toMatchObject({ ok: false })
    },
  )
})
