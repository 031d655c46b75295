/** GitHub's schema language: named definitions, each a scalar, a sequence, a mapping or one of several. */
import type { Vocabulary } from '../../expressions/index.ts';

/** As the schema files have it; descriptions are left out. */
export interface SchemaFile {
  readonly definitions: Readonly<Record<string, RawDefinition>>;
}

export interface RawDefinition {
  readonly context?: readonly string[];
  readonly null?: object;
  readonly boolean?: object;
  readonly number?: object;
  readonly string?: { readonly constant?: string; readonly 'require-non-empty'?: boolean };
  readonly sequence?: { readonly 'item-type': string };
  readonly mapping?: {
    readonly properties?: Readonly<Record<string, string | { readonly type: string; readonly required?: boolean }>>;
    readonly 'loose-key-type'?: string;
    readonly 'loose-value-type'?: string;
  };
  readonly 'one-of'?: readonly string[];
  readonly 'allowed-values'?: readonly string[];
}

export interface Definition {
  /** Contexts and functions that join those of the definitions around it. */
  readonly context: readonly string[];
  readonly scalars: readonly ScalarDefinition[];
  /** The name of the definition of its items. */
  readonly sequence?: string;
  readonly mappings: readonly MappingDefinition[];
}

export type ScalarDefinition =
  | { readonly kind: 'null' | 'boolean' | 'number' }
  | { readonly kind: 'string'; readonly constant?: string; readonly nonEmpty: boolean };

export interface MappingDefinition {
  readonly properties: ReadonlyMap<string, { readonly type: string; readonly required: boolean }>;
  /** Keys that are not among the properties: the names of their and their values' definitions. */
  readonly loose?: { readonly key: string; readonly value: string };
}

export interface Schema {
  /** Throws for a name that the schema does not have: a bug. */
  readonly definition: (name: string) => Definition;
}

/** What a node is held against. */
export interface Expected {
  readonly definition: Definition;
  /** What expressions may use here: the definition's own and those of all around it. */
  readonly context: readonly string[];
}

export const ANY = 'any';
const BUILT_IN: Readonly<Record<string, RawDefinition>> = {
  null: { null: {} },
  boolean: { boolean: {} },
  number: { number: {} },
  string: { string: {} },
  sequence: { sequence: { 'item-type': ANY } },
  mapping: { mapping: { 'loose-key-type': 'string', 'loose-value-type': ANY } },
  [ANY]: { 'one-of': ['null', 'boolean', 'number', 'string', 'sequence', 'mapping'] },
};

/** Definitions are prepared when they are first asked for: a file uses few of them. */
export function openSchema(files: SchemaFile): Schema {
  const raw = new Map(Object.entries({ ...BUILT_IN, ...files.definitions }));
  const ready = new Map<string, Definition>();
  const definition = (name: string): Definition => {
    const known = ready.get(name);
    if (known !== undefined) return known;
    const source = raw.get(name);
    if (source === undefined) throw new Error(`the schema has no definition ${name}`);
    const made = prepare(source, definition);
    ready.set(name, made);
    return made;
  };
  return { definition };
}

function prepare(raw: RawDefinition, definition: Schema['definition']): Definition {
  const context = raw.context ?? [];
  const parts = (raw['one-of'] ?? []).map(definition);
  const [sequence] = [raw.sequence?.['item-type'], ...parts.map((part) => part.sequence)].filter(
    (item) => item !== undefined,
  );
  return {
    context,
    scalars: [...ownScalars(raw), ...parts.flatMap(({ scalars }) => scalars)],
    ...(sequence === undefined ? {} : { sequence }),
    mappings: [...(raw.mapping ? [mappingDefinition(raw.mapping)] : []), ...parts.flatMap(({ mappings }) => mappings)],
  };
}

function ownScalars(raw: RawDefinition): ScalarDefinition[] {
  if (raw.null) return [{ kind: 'null' }];
  if (raw.boolean) return [{ kind: 'boolean' }];
  if (raw.number) return [{ kind: 'number' }];
  if (raw.string) {
    const { constant } = raw.string;
    const nonEmpty = raw.string['require-non-empty'] === true;
    return [{ kind: 'string', nonEmpty, ...(constant === undefined ? {} : { constant }) }];
  }
  return (raw['allowed-values'] ?? []).map((constant) => ({ kind: 'string', nonEmpty: false, constant }));
}

function mappingDefinition(raw: NonNullable<RawDefinition['mapping']>): MappingDefinition {
  const { 'loose-key-type': key, 'loose-value-type': value } = raw;
  const properties = Object.entries(raw.properties ?? {}).map(([name, property]) => {
    const { type, required = false } = typeof property === 'string' ? { type: property } : property;
    return [name, { type, required }] as const;
  });
  return {
    properties: new Map(properties),
    ...(key === undefined || value === undefined ? {} : { loose: { key, value } }),
  };
}

const vocabularies = new Map<string, Vocabulary>();

/** `github` is a context; `hashFiles(1,255)` a function with its numbers of arguments. */
export function vocabularyOf(context: readonly string[]): Vocabulary {
  const name = context.join(' ');
  const known = vocabularies.get(name);
  if (known !== undefined) return known;
  const functions = context.flatMap((item) => {
    const [, functionName, min, max] = /^(\w+)\((\d+),(\d+|MAX)\)$/.exec(item) ?? [];
    if (functionName === undefined) return [];
    const maxArgs = max === 'MAX' ? Number.MAX_SAFE_INTEGER : Number(max);
    return [{ name: functionName, minArgs: Number(min), maxArgs }];
  });
  const made: Vocabulary = { contexts: context.filter((item) => !item.includes('(')), functions };
  vocabularies.set(name, made);
  return made;
}
