/** Holds the file against the JSON Schema and says in our words, at the exact place, what does not fit. */

import type { ErrorObject } from 'ajv';
import { type Diagnostic, nearest } from '../shared/diagnostic.ts';
import type { SourceRange } from '../shared/source.ts';
import type { Json, Node } from '../workflow/index.ts';
import { entriesOf, entryOf, jsonOf, nodeAt, pointerSegments } from './nodes.ts';
import schema from './schema.json' with { type: 'json' };
import { schemaValidator } from './schema-validator.ts';
import { LATER_KEYS, OTHER_WORDS, PER_TASK_KEYS } from './vocabulary.ts';
import { describePlace, describeValue, quote } from './wording.ts';

/** The JSON Schema of orchestrator.yaml, as shipped for editors. */
export const configSchema: Readonly<Record<string, unknown>> = schema;

/** In the schema: the code of a diagnostic about a value that does not fit; `bad-value` without it. */
const CODE = 'x-diagnostic';

/** What our messages are made of, of the part of the schema that a value does not fit. */
interface SchemaPart {
  /** What the value must be, to stand after "must be". */
  readonly title?: string;
  readonly [CODE]?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly SchemaPart[];
}

function parentOf(fault: ErrorObject): SchemaPart {
  return (fault.parentSchema ?? {}) as SchemaPart;
}

/** All that the schema finds wrong, one diagnostic a mistake. */
export function checkSchema(root: Node, file: string): readonly Diagnostic[] {
  const validate = schemaValidator();
  if (validate(jsonOf(root))) return [];
  const faults = (validate.errors ?? []).filter((fault) => fault.propertyName === undefined);
  return collapse(faults).map((fault) => describeFault(fault, root, file));
}

/**
 * A value that fits no branch of an `anyOf` fails in each of them, and `if` only repeats what its branch found: one
 * message is left of each.
 */
function collapse(faults: readonly ErrorObject[]): readonly ErrorObject[] {
  const choices = new Set(faults.filter((fault) => fault.keyword === 'anyOf').map((fault) => fault.instancePath));
  const seen = new Set<string>();
  return faults.filter((fault) => {
    if (fault.keyword === 'if') return false;
    if (fault.keyword !== 'anyOf' && choices.has(fault.instancePath)) return false;
    // A value that has the wrong type has the wrong length and form as well: the first complaint is enough.
    const key = `${fault.instancePath}\n${keyOfFault(fault) ?? ''}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** The key that is wrong rather than its value, if the fault is about a key. */
function keyOfFault({ keyword, params }: ErrorObject): string | undefined {
  const named: unknown =
    keyword === 'additionalProperties'
      ? params['additionalProperty']
      : keyword === 'required'
        ? params['missingProperty']
        : keyword === 'propertyNames'
          ? params['propertyName']
          : undefined;
  return typeof named === 'string' ? named : undefined;
}

interface FaultPlace {
  readonly fault: ErrorObject;
  readonly root: Node;
  readonly file: string;
  readonly segments: readonly string[];
}

function describeFault(fault: ErrorObject, root: Node, file: string): Diagnostic {
  const place: FaultPlace = { fault, root, file, segments: pointerSegments(fault.instancePath) };
  const key = keyOfFault(fault) ?? '';
  switch (fault.keyword) {
    case 'additionalProperties':
      return describeUnknownKey(place, key);
    case 'required':
      return problem(
        place,
        'missing-key',
        `${describePlace(root, place.segments)} must have the key ${quote(key)}`,
        atBeginning(place),
      );
    case 'propertyNames':
      return describeBadName(place, key);
    default:
      return describeBadValue(place);
  }
}

function problem(place: FaultPlace, code: string, message: string, more: Partial<Diagnostic> = {}): Diagnostic {
  const range = nodeAt(place.root, place.segments)?.at;
  const at = range === undefined ? { file: place.file } : { file: place.file, range };
  return { severity: 'error', code, message, at, ...more };
}

function atKey(place: FaultPlace, segments: readonly string[], key: string): Partial<Diagnostic> {
  const range: SourceRange | undefined = entryOf(nodeAt(place.root, segments), key)?.key.at;
  return { at: range === undefined ? { file: place.file } : { file: place.file, range } };
}

/** A mapping may be as long as the file; its first key is enough to find it by. */
function atBeginning(place: FaultPlace): Partial<Diagnostic> {
  const node = nodeAt(place.root, place.segments);
  const first = entriesOf(node)[0]?.key.at;
  return node?.at === undefined || first === undefined
    ? {}
    : { at: { file: place.file, range: { start: node.at.start, end: first.end } } };
}

function describeUnknownKey(place: FaultPlace, key: string): Diagnostic {
  const at = atKey(place, place.segments, key);
  const later = LATER_KEYS.get(key);
  if (later !== undefined) {
    const hint = `${later}; remove ${quote(key)} for now`;
    return problem(place, 'not-yet-supported', `${quote(key)} is not supported yet`, { ...at, hint });
  }
  const owner = describePlace(place.root, place.segments);
  const inDefaults = place.segments[0] === 'defaults' && PER_TASK_KEYS.includes(key);
  if (inDefaults)
    return problem(place, 'unknown-key', `${quote(key)} cannot have a default; each task has its own`, at);
  const hint = hintForKey(key, Object.keys(parentOf(place.fault).properties ?? {}));
  return problem(place, 'unknown-key', `${owner} has no key ${quote(key)}`, { ...at, ...(hint && { hint }) });
}

function hintForKey(key: string, allowed: readonly string[]): string | undefined {
  if (key === '<<') return 'YAML merge keys are not read; use "defaults"';
  const near = nearest(key.replaceAll('-', '_'), allowed);
  const other = OTHER_WORDS.get(key.toLowerCase());
  const meant = near ?? (other !== undefined && allowed.includes(other) ? other : undefined);
  if (meant !== undefined) return `did you mean ${quote(meant)}?`;
  if (allowed.includes('tasks')) return key in TASK_KEYS ? 'this key belongs to a task, or to "defaults"' : undefined;
  return key in schema.properties && key !== 'tasks' ? 'this key belongs at the top of the file' : undefined;
}

const TASK_KEYS: object = schema.definitions.task.properties;

function describeBadName(place: FaultPlace, key: string): Diagnostic {
  const owner = describePlace(place.root, place.segments);
  const hint = 'names are letters, digits and _, and do not begin with a digit';
  return problem(place, 'bad-name', `${quote(key)} cannot be a name in ${owner}`, {
    ...atKey(place, place.segments, key),
    hint,
  });
}

function describeBadValue(place: FaultPlace): Diagnostic {
  const { fault, root, segments } = place;
  const message = `${describePlace(root, segments)} ${requirement(fault)}`;
  const hint = hintForValue(fault);
  return problem(place, parentOf(fault)[CODE] ?? 'bad-value', message, hint === undefined ? {} : { hint });
}

function requirement(fault: ErrorObject): string {
  const { data, keyword } = fault;
  const limit: unknown = fault.params['limit'];
  if (keyword === 'maxLength') return `is too long: more than ${String(limit)} characters`;
  if (keyword === 'maxItems') return `has too many items: more than ${String(limit)}`;
  if (keyword === 'minItems' || keyword === 'minProperties') return 'must not be empty';
  return `must be ${titleOf(fault)}, not ${describeValue(data as Json)}`;
}

function hintForValue(fault: ErrorObject): string | undefined {
  const { data, keyword } = fault;
  if (typeof data === 'number' && parentOf(fault)[CODE] === 'bad-duration') {
    return `write the unit: ${data}s, ${data}m or ${data}h`;
  }
  if (typeof data !== 'string') return undefined;
  if (/^(yes|no|on|off|y|n)$/i.test(data) && titleOf(fault).startsWith('true')) {
    return 'only true and false are booleans in YAML 1.2';
  }
  const types: unknown = fault.params['type'];
  if (keyword === 'type' && types === 'array') return `write a list: [${data.length > 40 ? '…' : data}]`;
  const near = nearest(data, choicesOf(fault));
  return near === undefined ? undefined : `did you mean ${quote(near)}?`;
}

function titleOf(fault: ErrorObject): string {
  return parentOf(fault).title ?? 'something else';
}

/** The words that would be right, of an `enum` itself or inside an `anyOf`. */
function choicesOf(fault: ErrorObject): readonly string[] {
  const part = parentOf(fault);
  const words = [part, ...(part.anyOf ?? [])].flatMap((branch) => branch.enum ?? []);
  return words.filter((word): word is string => typeof word === 'string');
}
