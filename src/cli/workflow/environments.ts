/** Secrets and variables that only jobs of one `environment` see: `--secret production:TOKEN`, `.secrets.production`. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { foldCase } from '../../workflow/index.ts';
import { readEnvFiles } from '../env-file.ts';
import { pairs } from '../load.ts';
import { readSecretOptions } from '../secrets.ts';

type Values = Readonly<Record<string, string>>;

export interface EnvironmentValues {
  readonly secrets: Values;
  readonly vars: Values;
}

/** By name, which is compared without regard to case. */
export type Environments = ReadonlyMap<string, EnvironmentValues>;

/** What the files of an environment are called, before its name. */
export const SECRETS_OF = '.secrets.';
export const VARS_OF = '.vars.';

interface Given {
  readonly secret?: readonly string[];
  readonly var?: readonly string[];
}

/** Options over files. `host` is where secrets without a value take theirs from. */
export function readEnvironments(
  root: string,
  given: Given,
  host: Readonly<Record<string, string | undefined>>,
): Environments {
  const found = new Map<string, EnvironmentValues>();
  const add = (name: string, kind: keyof EnvironmentValues, values: Values): void => {
    const key = foldCase(name);
    const before = found.get(key) ?? { secrets: {}, vars: {} };
    found.set(key, { ...before, [kind]: { ...before[kind], ...values } });
  };
  for (const file of readdirSync(root)) {
    const path = join(root, file);
    if (file.startsWith(SECRETS_OF)) add(file.slice(SECRETS_OF.length), 'secrets', readEnvFiles([path]));
    if (file.startsWith(VARS_OF)) add(file.slice(VARS_OF.length), 'vars', readEnvFiles([path]));
  }
  for (const [name, texts] of byEnvironment(given.secret)) add(name, 'secrets', readSecretOptions(texts, host));
  for (const [name, texts] of byEnvironment(given.var)) add(name, 'vars', pairs(texts, '--var'));
  return found;
}

/** The options that are for every job. */
export function forAll(texts: readonly string[] | undefined): readonly string[] {
  return (texts ?? []).filter((text) => split(text) === undefined);
}

/** What the job of an environment sees; names that differ in letter case alone are one. */
export function overlay(values: Values, over: Values | undefined): Values {
  if (over === undefined) return values;
  const names = new Set(Object.keys(over).map(foldCase));
  return { ...Object.fromEntries(Object.entries(values).filter(([name]) => !names.has(foldCase(name)))), ...over };
}

function byEnvironment(texts: readonly string[] | undefined): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const text of texts ?? []) {
    const parts = split(text);
    if (parts !== undefined) found.set(parts.name, [...(found.get(parts.name) ?? []), parts.rest]);
  }
  return found;
}

/** `ENVIRONMENT:NAME` or `ENVIRONMENT:NAME=VALUE`. No name of a secret or a variable holds a colon, and a value may. */
function split(text: string): { readonly name: string; readonly rest: string } | undefined {
  const assignment = text.indexOf('=');
  const colon = (assignment < 0 ? text : text.slice(0, assignment)).lastIndexOf(':');
  return colon <= 0 ? undefined : { name: text.slice(0, colon), rest: text.slice(colon + 1) };
}
