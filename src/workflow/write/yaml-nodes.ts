/** Nodes as the YAML library's, in the style that a person would have chosen. */
import { Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { hasExpression } from '../expressions/index.ts';
import type { MappingNode, Node, ScalarNode } from '../model.ts';

/** Characters that a list may take on one line. */
const SHORT = 70;

function yamlNode(node: Node): Scalar | YAMLMap | YAMLSeq {
  switch (node.kind) {
    case 'scalar':
      return yamlValue(node);
    case 'sequence':
      return yamlSequence(node.items);
    case 'mapping':
      return yamlMapping(node);
  }
}

function yamlScalar({ value }: ScalarNode): Scalar {
  const scalar = new Scalar(value);
  if (typeof value === 'string' && !isPrintable(value)) scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

/** What older readers take for a switch, a date, a time or a number; GitHub's does not, and people put it in quotes. */
const AMBIGUOUS =
  /^(?:yes|no|on|off|=|<<|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?|[-+]?0b[01_]+|[-+]?\d[\d_]*_[\d_.]*|\d{4}-\d\d?-\d\d?(?:[Tt\s].*)?)$/i;

function yamlValue(node: ScalarNode): Scalar {
  const scalar = yamlScalar(node);
  if (typeof node.value === 'string' && AMBIGUOUS.test(node.value)) scalar.type = Scalar.QUOTE_SINGLE;
  return scalar;
}

/** Tabs and line feeds apart: YAML takes a carriage return for a line end, and knows line ends that others do not. */
function isPrintable(text: string): boolean {
  return !/[\p{Cc}\p{Zl}\p{Zp}\ufeff]/u.test(text.replace(/[\t\n]/g, ''));
}

export function yamlMapping({ entries }: MappingNode): YAMLMap {
  const map = new YAMLMap();
  for (const { key, value } of entries) map.items.push(new Pair(yamlScalar(key), yamlNode(value)));
  return map;
}

function yamlSequence(items: readonly Node[]): YAMLSeq {
  const list = new YAMLSeq();
  list.flow = isShort(items);
  for (const item of items) list.items.push(item.kind === 'scalar' ? listItem(item) : yamlNode(item));
  return list;
}

/** Nothing behind a key is null, and is how people write it; an item of a list has to be seen. */
function listItem(item: ScalarNode): Scalar {
  const scalar = yamlValue(item);
  if (item.value === null) scalar.source = 'null';
  return scalar;
}

function isShort(items: readonly Node[]): boolean {
  const texts = items.map((item) => (item.kind === 'scalar' ? String(item.value) : undefined));
  if (texts.some((text) => text === undefined || /[\n\r]/.test(text) || hasExpression(text))) return false;
  return texts.join(', ').length <= SHORT;
}
