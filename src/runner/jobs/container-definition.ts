/** What a workflow says of a container, with its expressions evaluated: a job's, or a service's. */
import type { Failure } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { evaluateNode, isJsonObject, type Json, type Node, type Scope } from '../../workflow/index.ts';

export interface ContainerDefinition {
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly options: string;
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Of services. */
  readonly entrypoint: string;
  readonly command: string;
}

/** The image alone, with which it is decided where the job runs; '' for this machine. */
export function readImage(node: Node | undefined, scope: Scope): Result<string, Failure> {
  if (node === undefined) return ok('');
  const entry = node.kind === 'mapping' ? node.entries.find(({ key }) => key.value === 'image')?.value : node;
  const json = entry === undefined ? ok(null) : evaluateNode(entry, scope);
  if (!json.ok) return err({ code: 'expression', message: `container: ${json.error.message}` });
  return ok(imageOf(isJsonObject(json.value) ? (json.value['image'] ?? null) : json.value));
}

/** `where` is the place in the workflow, for messages. Without an image: undefined. */
export function readContainer(
  node: Node,
  scope: Scope,
  where: string,
): Result<ContainerDefinition | undefined, Failure> {
  const json = evaluateNode(node, scope);
  if (!json.ok) return err({ code: 'expression', message: `${where}: ${json.error.message}` });
  return ok(definitionOf(json.value));
}

/** Of a definition that is evaluated already. */
export function definitionOf(json: Json): ContainerDefinition | undefined {
  const map = isJsonObject(json) ? json : { image: json };
  const image = imageOf(map['image'] ?? null);
  if (image === '') return undefined;
  const credentials = isJsonObject(map['credentials']) ? map['credentials'] : undefined;
  const env = isJsonObject(map['env']) ? map['env'] : {};
  return {
    image,
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, textOf(value)])),
    ports: listOf(map['ports']),
    volumes: listOf(map['volumes']),
    options: textOf(map['options']),
    entrypoint: textOf(map['entrypoint']),
    command: textOf(map['command']),
    ...(credentials === undefined
      ? {}
      : { credentials: { username: textOf(credentials['username']), password: textOf(credentials['password']) } }),
  };
}

function imageOf(json: Json): string {
  return textOf(json)
    .trim()
    .replace(/^docker:\/\//, '');
}

function listOf(json: Json | undefined): readonly string[] {
  return Array.isArray(json) ? json.map(textOf) : [];
}

function textOf(json: Json | undefined): string {
  if (json === null || json === undefined || typeof json === 'object') return '';
  return String(json);
}
