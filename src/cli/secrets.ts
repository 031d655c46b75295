/** The secrets of a run: where their values come from, and what makes a value unfit to be one. */
import { err, ok, type Result } from '../shared/result.ts';
import { readEnvFiles } from './env-file.ts';
import { UsageError } from './explain.ts';

export interface SecretOptions {
  readonly secret?: readonly string[];
  readonly secretFile?: readonly string[];
}

export interface SecretNeed {
  readonly name: string;
  /** The tasks that ask for it. */
  readonly tasks: readonly string[];
}

/** Shorter ones would turn every other word of a log into stars. */
const SHORTEST = 4;

/**
 * Values by name: those of the command line over those of files over the environment. The error is what is missing or
 * unfit, a sentence each.
 */
export function collectSecrets(
  needs: readonly SecretNeed[],
  {
    options,
    env,
    jobs,
  }: {
    readonly options: SecretOptions;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly jobs: readonly string[];
  },
): Result<Readonly<Record<string, string>>, readonly string[]> {
  const files = readEnvFiles(options.secretFile);
  const given = readSecretOptions(options.secret ?? [], env);
  const values = new Map<string, string>(Object.entries({ ...files, ...given }));
  const problems: string[] = [];
  for (const { name, tasks } of needs) {
    const value = values.get(name) ?? env[name];
    if (value === undefined || value === '') {
      problems.push(`the secret ${name} of ${tasks.join(', ')} is not set: export it, or give --secret-file`);
    } else values.set(name, value);
  }
  for (const [name, value] of values) {
    if (value.length > 0 && value.length < SHORTEST)
      problems.push(`the secret ${name} has fewer than ${SHORTEST} characters, too few to be masked`);
    if (jobs.some((job) => job.toLowerCase() === value.toLowerCase()))
      problems.push(`the secret ${name} is equal to the name of a task`);
  }
  return problems.length > 0 ? err(problems) : ok(Object.fromEntries(values));
}

/** What `--secret` gives: `NAME`, whose value is in the environment, or `NAME=VALUE`, which is warned of. */
export function readSecretOptions(
  texts: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      const name = at < 0 ? text : text.slice(0, at);
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new UsageError(`--secret wants a name, not "${name}"`);
      if (at >= 0) {
        console.error(
          `orch: --secret ${name}=… shows the value to whoever lists processes; export it and give --secret ${name}`,
        );
        return [name, text.slice(at + 1)];
      }
      const value = env[name];
      if (value === undefined) throw new UsageError(`--secret ${name}: there is no such variable in the environment`);
      return [name, value];
    }),
  );
}
