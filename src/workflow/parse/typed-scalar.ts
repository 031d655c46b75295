/** The value of a YAML scalar by GitHub's rules, where they are not those of the YAML library. */
import type { Scalar } from 'yaml';
import { err, ok, type Result } from '../../shared/result.ts';
import type { ScalarNode } from '../model.ts';

const PREFIX = 'tag:yaml.org,2002:';
const DECIMAL = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/;
/** What the value of a scalar with an explicit tag must be. */
const TYPES = new Map<string, (value: unknown) => boolean>([
  [`${PREFIX}str`, () => true],
  [`${PREFIX}bool`, (value) => typeof value === 'boolean'],
  [`${PREFIX}int`, (value) => typeof value === 'number'],
  [`${PREFIX}float`, (value) => typeof value === 'number'],
  [`${PREFIX}null`, (value) => value === null],
]);

/** The error is a sentence. */
export function typedScalar(node: Scalar.Parsed): Result<ScalarNode['value'], string> {
  const text = node.source;
  if (node.tag !== undefined) return taggedScalar(node, node.tag);
  const value = node.value as ScalarNode['value'];
  return typeof value === 'number' ? checkedNumber(value, text) : ok(value);
}

function taggedScalar({ source: text, value }: Scalar.Parsed, tag: string): Result<ScalarNode['value'], string> {
  const isType = TYPES.get(tag);
  if (isType === undefined) return err(`Unexpected tag '${tag}'`);
  if (tag === `${PREFIX}str`) return ok(text);
  // The YAML library sees no float in `!!float 1`.
  if (tag === `${PREFIX}float` && DECIMAL.test(text)) return ok(Number(text));
  if (!isType(value)) return invalid(text, tag);
  return typeof value === 'number' ? checkedNumber(value, text) : ok(value as ScalarNode['value']);
}

function checkedNumber(value: number, text: string): Result<number, string> {
  if (!/^0[xo]/.test(text)) return ok(value);
  const number = radixNumber(text);
  return number === undefined ? invalid(text, `${PREFIX}int`) : ok(number);
}

function invalid(text: string, tag: string): Result<never, string> {
  return err(`The value '${text}' is invalid for the type '${tag}'`);
}

/** Hexadecimal and octal numbers are 32 bits wide and signed; wider ones are none. */
function radixNumber(text: string): number | undefined {
  const number = Number(text);
  return number > 0xffff_ffff ? undefined : number | 0;
}
