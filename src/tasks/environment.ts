/** What a task's command may see of the environment: a short list, what the task names, and nothing else. */
import type { Failure } from '../shared/failure.ts';

/** Without these hardly any program runs, or runs differently. */
const BASIC = ['PATH', 'HOME', 'USER', 'LANG', 'TZ', 'TERM'];
const PROXY = ['http_proxy', 'https_proxy', 'ftp_proxy', 'all_proxy', 'no_proxy'];
/**
 * Where common tools are told of the certificate authorities, each by one file; a proxy that inspects TLS breaks them
 * otherwise.
 */
export const CERTIFICATE_FILES: readonly string[] = [
  'SSL_CERT_FILE',
  'NODE_EXTRA_CA_CERTS',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'AWS_CA_BUNDLE',
  'PIP_CERT',
  'CARGO_HTTP_CAINFO',
  'DENO_CERT',
  'NIX_SSL_CERT_FILE',
  'npm_config_cafile',
];
const CERTIFICATES = [...CERTIFICATE_FILES, 'SSL_CERT_DIR', 'GIT_SSL_CAPATH'];
/** What holds in a container too, where nothing else is as it is here. */
const PASSED_INTO_SANDBOX = new Set(['LANG', 'TZ', 'TERM']);
const PASSED = new Set([...BASIC, ...CERTIFICATES, ...PROXY, ...PROXY.map((name) => name.toUpperCase())]);

/** An action's own inputs, credentials and command files, and orch's own names: not for a task, even when it asks. */
const RESERVED = /^(ACTIONS_|INPUT_|ORCH_|GITHUB_(ENV|OUTPUT|PATH|STATE|STEP_SUMMARY)$)/i;

export interface SelectedEnvironment {
  readonly env: Readonly<Record<string, string>>;
  /** Asked for, but not there. */
  readonly missing: readonly string[];
  /** Asked for, but not for tasks. */
  readonly refused: readonly string[];
}

/** What a task gets of `env`, the action's own environment, when it asks for `names`; orch's own variables apart. */
export function selectEnvironment(
  env: Readonly<Record<string, string>>,
  names: readonly string[],
  place: 'host' | 'sandbox' = 'host',
): SelectedEnvironment {
  const passed = place === 'host' ? PASSED : PASSED_INTO_SANDBOX;
  const asked = new Set(names);
  const refused = [...asked].filter((name) => RESERVED.test(name));
  const allowed = new Set([...asked].filter((name) => !RESERVED.test(name)));
  const entries = Object.entries(env).filter(([name]) => allowed.has(name) || isPassed(name, passed));
  const missing = [...allowed].filter((name) => !Object.hasOwn(env, name));
  return { env: Object.fromEntries(entries), missing, refused };
}

/** The failure `secret-missing`, naming each secret that is not there or empty. */
export function findMissingSecrets(
  env: Readonly<Record<string, string>>,
  secrets: readonly string[],
): Failure | undefined {
  const absent = secrets.filter((name) => !Object.hasOwn(env, name) || env[name] === '');
  return absent.length === 0 ? undefined : secretMissing(absent);
}

function isPassed(name: string, passed: ReadonlySet<string>): boolean {
  return passed.has(name) || name.startsWith('LC_');
}

function secretMissing(names: readonly string[]): Failure {
  const many = names.length > 1;
  return {
    code: 'secret-missing',
    message: `the ${many ? 'secrets' : 'secret'} ${names.join(', ')} ${many ? 'have' : 'has'} no value`,
    hint: 'set it in the environment, or pass --secret or --secret-file',
    details: names,
  };
}
