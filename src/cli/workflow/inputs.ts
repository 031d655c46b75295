/** The inputs that a run is started with: typed and checked as GitHub's form and API do it. */
import { err, ok, type Result } from '../../shared/result.ts';
import {
  dataFromJson,
  dataToString,
  emptyInput,
  evaluateNode,
  foldCase,
  type InputDefinition,
  type Json,
  type JsonObject,
  readCallDefinitions,
  readDispatchInputs,
  type Scope,
  type Workflow,
} from '../../workflow/index.ts';

export interface Inputs {
  /** The `inputs` context. */
  readonly values: JsonObject;
  /** As the payload has them: nothing but texts. */
  readonly texts: Readonly<Record<string, string>>;
}

export interface GivenInputs {
  /** From the command line: each must be known to the workflow. */
  readonly named: Readonly<Record<string, string>>;
  /** From files that several workflows share: what the workflow does not know is passed over. */
  readonly shared: Readonly<Record<string, string>>;
  /** Nothing is run: what is required and not given is left empty. */
  readonly lenient?: boolean;
}

type Scalar = string | number | boolean;

const NONE: Inputs = { values: {}, texts: {} };

/** The error is what is wrong, a sentence each. Events that take no inputs have none. */
export function readInputs(
  on: Workflow['on'],
  event: string,
  given: GivenInputs,
  contexts: { readonly github: Json; readonly vars: Json },
): Result<Inputs, readonly string[]> {
  const seen = { github: dataFromJson(contexts.github), inputs: null, vars: dataFromJson(contexts.vars) };
  const scope: Scope = { contexts: seen, functions: {} };
  const definitions = event === 'workflow_call' ? readCallDefinitions(on)?.inputs : readDispatchInputs(on);
  const takesInputs = event === 'workflow_dispatch' || event === 'workflow_call';
  const named = Object.keys(given.named);
  if (!takesInputs || definitions === undefined) {
    if (named.length === 0) return ok(NONE);
    return err([`the event ${event} takes no inputs, but --input gives ${named.join(', ')}`]);
  }
  const known = new Set(definitions.map(({ name }) => foldCase(name)));
  const problems = named
    .filter((name) => !known.has(foldCase(name)))
    .map((name) => `Unexpected inputs provided: ["${name}"]; the workflow knows ${listOf(definitions)}`);
  const values: [string, Scalar][] = [];
  for (const definition of definitions) {
    const asked = given.lenient === true ? { ...definition, required: false } : definition;
    const value = valueOf(asked, { ...given.shared, ...given.named }, scope);
    if (value.ok) values.push([definition.name, value.value]);
    else problems.push(value.error);
  }
  if (problems.length > 0) return err(problems);
  return ok({
    values: Object.fromEntries(values),
    texts: Object.fromEntries(values.map(([name, value]) => [name, dataToString(value)])),
  });
}

/** A sentence for each secret that a workflow wants of its caller, when it is started as if called, and nobody gave. */
export function missingSecrets(
  on: Workflow['on'],
  event: string,
  given: Readonly<Record<string, string>>,
): readonly string[] {
  const wanted = event === 'workflow_call' ? (readCallDefinitions(on)?.secrets ?? []) : [];
  const names = new Set(Object.keys(given).map(foldCase));
  const missing = wanted.filter(({ name, required }) => required && !names.has(foldCase(name)));
  return missing.map(({ name }) => `Secret ${name} is required, but not provided while calling.`);
}

function listOf(definitions: readonly InputDefinition[]): string {
  return definitions.length === 0 ? 'none' : definitions.map(({ name }) => name).join(', ');
}

function valueOf(
  definition: InputDefinition,
  given: Readonly<Record<string, string>>,
  scope: Scope,
): Result<Scalar, string> {
  const { name, type, required } = definition;
  const text = Object.entries(given).findLast(([key]) => foldCase(key) === foldCase(name))?.[1];
  if (text !== undefined) return convert(definition, text);
  if (definition.default !== undefined) {
    const value = evaluateNode(definition.default, scope);
    if (!value.ok) return err(`the default of the input ${name}: ${value.error.message}`);
    // An input is of a plain type; what an expression gives of another counts as its text.
    return convert(definition, dataToString(dataFromJson(value.value)));
  }
  if (required) return err(`Required input '${name}' not provided`);
  return ok(emptyInput(type));
}

function convert({ name, type, options }: InputDefinition, text: string): Result<Scalar, string> {
  switch (type) {
    case 'boolean':
      if (text === 'true' || text === 'false') return ok(text === 'true');
      return err(`Provided value '${text}' for input '${name}' is not true or false`);
    case 'number':
      if (text.trim() !== '' && !Number.isNaN(Number(text))) return ok(Number(text));
      return err(`Provided value '${text}' for input '${name}' is not a number`);
    case 'choice':
      if (options.includes(text)) return ok(text);
      return err(
        `Provided value '${text}' for input '${name}' not in the list of allowed values: ${options.join(', ')}`,
      );
    case 'string':
    case 'environment':
      return ok(text);
  }
}
