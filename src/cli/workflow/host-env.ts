/** What steps inherit of this machine: enough to find and start programs, and nothing that the user did not mean to pass. */

const INHERITED = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'XDG_RUNTIME_DIR',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
];

export function hostEnvironment(
  host: Readonly<Record<string, string | undefined>>,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const inherited = INHERITED.flatMap((name) => (host[name] === undefined ? [] : [[name, host[name]] as const]));
  return { ...Object.fromEntries(inherited), ...given };
}

/** The scripts that GitHub's runner is told of by the same variables. */
export function jobHooks(host: Readonly<Record<string, string | undefined>>): {
  readonly started?: string;
  readonly completed?: string;
} {
  const { ACTIONS_RUNNER_HOOK_JOB_STARTED: started, ACTIONS_RUNNER_HOOK_JOB_COMPLETED: completed } = host;
  return { ...(started ? { started } : {}), ...(completed ? { completed } : {}) };
}
