/** The values that both runs get, as words of their command lines. */
import { resolve } from 'node:path';
import type { Config } from '../../orchestrator/index.ts';

export interface ValueOptions {
  readonly input?: readonly string[];
  readonly var?: readonly string[];
  readonly secret?: readonly string[];
  readonly secretFile?: readonly string[];
  readonly envFile?: readonly string[];
}

/** What is told of the run to people and services is told of real ones. */
export function wordsForTasks(options: ValueOptions): readonly string[] {
  return [...common(options), ...many('--var', options.var), '--no-on-finish'];
}

/** The variables of the tasks are set on GitHub for the repository; secrets are taken by name alone. */
export function wordsForWorkflow(options: ValueOptions, config: Config): readonly string[] {
  const vars = Object.entries(config.vars).map(([name, value]) => `${name}=${value}`);
  const declared = new Set(config.tasks.flatMap(({ secrets }) => secrets));
  const given = new Set(options.secret?.map((text) => text.split('=', 1)[0]));
  const fromHere = [...declared].filter((name) => process.env[name] !== undefined && !given.has(name));
  return [...common(options), ...many('--var', [...vars, ...(options.var ?? [])]), ...many('--secret', fromHere)];
}

function common({ input, secret, secretFile, envFile }: ValueOptions): readonly string[] {
  return [
    ...many('--input', input),
    ...many('--secret', secret),
    ...many(
      '--secret-file',
      secretFile?.map((file) => resolve(file)),
    ),
    ...many(
      '--env-file',
      envFile?.map((file) => resolve(file)),
    ),
  ];
}

function many(option: string, values: readonly string[] | undefined): readonly string[] {
  return (values ?? []).flatMap((value) => [option, value]);
}
