import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { hostPath } from '../../shared/brand.ts';
import { resolveTrust } from './trust.ts';

const top = realpathSync(mkdtempSync(join(tmpdir(), 'orch-trust-')));
afterAll(() => rmSync(top, { recursive: true, force: true }));
const at = (path: string) => hostPath(join(top, path));
writeFileSync(at('ca.pem'), 'x');
const ground = { checkout: at('repo'), gitDir: at('repo/.git'), own: [] };

it("this machine's certificates are what its variables name", async () => {
  const env = { CURL_CA_BUNDLE: at('gone.pem'), NODE_EXTRA_CA_CERTS: at('ca.pem') };
  const trust = await resolveTrust({ ca: 'host' }, { ...ground, env });
  expect(trust).toMatchObject({
    ok: true,
    value: {
      mounts: [{ host: at('ca.pem'), readOnly: true }],
      env: { SSL_CERT_FILE: '/__o/ca.pem', PIP_CERT: '/__o/ca.pem' },
    },
  });
  expect(await resolveTrust({ ca: 'image' }, { ...ground, env })).toEqual({ ok: true, value: { mounts: [], env: {} } });
});
