/** `inputs` and `vars`: the file's values, and those of the command line over them. */
import { nearest } from '../shared/diagnostic.ts';
import type { Node } from '../workflow/index.ts';
import { entriesOf, keyText, scalarOf, valueOf } from './nodes.ts';
import type { Finding } from './view.ts';
import { quote } from './wording.ts';

type InputValue = string | number | boolean;

/** As given on the command line: names to texts. */
export interface Overrides {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
}

export interface Values {
  readonly inputs: Readonly<Record<string, InputValue>>;
  readonly vars: Readonly<Record<string, string>>;
  readonly findings: readonly Finding[];
}

/**
 * An override takes the type of the value it replaces, as inputs of a dispatched workflow do. One for an input that
 * the file lacks is a mistake; variables come from outside on GitHub too, so any may be set.
 */
export function mergeOverrides(root: Node, overrides: Overrides): Values {
  const declared = new Map<string, InputValue>();
  for (const { key, value } of entriesOf(valueOf(root, 'inputs'))) {
    const found = scalarOf(value)?.value;
    if (found !== undefined && found !== null) declared.set(keyText(key), found);
  }
  const findings: Finding[] = [];
  const inputs = new Map(declared);
  for (const [given, text] of Object.entries(overrides.inputs ?? {})) {
    const name = [...declared.keys()].find((key) => key.toLowerCase() === given.toLowerCase());
    const value = name === undefined ? undefined : convert(text, declared.get(name));
    if (name === undefined) findings.push(unknownInput(given, [...declared.keys()], valueOf(root, 'inputs')));
    else if (value === undefined) findings.push(badInput(name, text, declared.get(name)));
    else inputs.set(name, value);
  }
  return { inputs: Object.fromEntries(inputs), vars: mergeVars(root, overrides), findings };
}

function convert(text: string, like: InputValue | undefined): InputValue | undefined {
  if (typeof like === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (typeof like !== 'number') return text;
  const number = Number(text);
  return text.trim() === '' || !Number.isFinite(number) ? undefined : number;
}

function unknownInput(name: string, declared: readonly string[], at: Node | undefined): Finding {
  const near = nearest(name, declared);
  return {
    code: 'unknown-input',
    message: `the file has no input ${quote(name)}`,
    at: at?.at,
    hint: near === undefined ? 'declare it under "inputs"' : `did you mean ${quote(near)}?`,
  };
}

function badInput(name: string, text: string, like: InputValue | undefined): Finding {
  const wanted = typeof like === 'boolean' ? 'true or false' : 'a number';
  return {
    code: 'bad-value',
    message: `the input ${quote(name)} must be ${wanted}, not ${quote(text)}`,
    at: undefined,
  };
}

function mergeVars(root: Node, overrides: Overrides): Readonly<Record<string, string>> {
  const vars = new Map<string, { readonly name: string; readonly value: string }>();
  const set = (name: string, value: string): void => void vars.set(name.toLowerCase(), { name, value });
  for (const { key, value } of entriesOf(valueOf(root, 'vars'))) {
    const found = scalarOf(value);
    if (found !== undefined) set(keyText(key), String(found.value ?? ''));
  }
  for (const [name, value] of Object.entries(overrides.vars ?? {})) set(name, value);
  return Object.fromEntries([...vars.values()].map(({ name, value }) => [name, value]));
}
