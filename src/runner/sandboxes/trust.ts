/** The certificate authorities of this machine, for a sandbox that asks for them. */
import { hostPath } from '../../shared/brand.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { SandboxSettings } from '../../shared/sandbox.ts';
import { CERTIFICATE_FILES } from '../../tasks/index.ts';
import type { Mount } from '../environments/index.ts';
import { realOf, type SandboxGround } from './mounts.ts';

const CA_INNER = '/__o/ca.pem';

/** Where systems keep what they trust, in one file. */
const CA_FILES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];
/** Asked in this order. */
const FILE_VARIABLES = [
  'SSL_CERT_FILE',
  'CURL_CA_BUNDLE',
  'REQUESTS_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'NODE_EXTRA_CA_CERTS',
];

export interface Trust {
  readonly mounts: readonly Mount[];
  readonly env: Readonly<Record<string, string>>;
}

/** This machine's certificate authorities, where the task asks for them. The error is a sentence. */
export async function resolveTrust(
  { ca }: Pick<SandboxSettings, 'ca'>,
  { env }: SandboxGround,
): Promise<Result<Trust, string>> {
  if (ca === 'image') return ok({ mounts: [], env: {} });
  for (const path of [...FILE_VARIABLES.flatMap((name) => env[name] ?? []), ...CA_FILES]) {
    const real = await realOf(path);
    if (real !== undefined)
      return ok({
        mounts: [{ host: hostPath(real), inner: CA_INNER, readOnly: true }],
        env: Object.fromEntries(CERTIFICATE_FILES.map((name) => [name, CA_INNER])),
      });
  }
  return err(
    `"ca: host" finds no certificates on this machine (looked for ${CA_FILES.join(', ')}); SSL_CERT_FILE names them`,
  );
}
