/** Values that an action is given as JSON, laid out so that people can read and compare them in an exported workflow. */

/** Characters that a value may take on one line, with what it is indented by. */
const LINE = 90;

/** On one line what fits there; of everything else each item on a line of its own. */
export function inputJson(value: unknown): string {
  return lay(value, '');
}

function lay(value: unknown, indent: string): string {
  const line = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || indent.length + line.length <= LINE) return line;
  const inner = `${indent}  `;
  const [open, items, close] = Array.isArray(value)
    ? ['[', value.map((item) => lay(item, inner)), ']']
    : ['{', Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${lay(item, inner)}`), '}'];
  return `${open}\n${items.map((item) => `${inner}${item}`).join(',\n')}\n${indent}${close}`;
}
