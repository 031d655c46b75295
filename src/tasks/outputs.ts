/** Reads what a task wrote to its output file, in the grammar of GitHub's environment files. */
export interface OutputPair {
  readonly name: string;
  readonly value: string;
}

export interface ReadOutputs {
  /** In the order written, a name perhaps more than once. Pairs before a fault hold, as on GitHub. */
  readonly pairs: readonly OutputPair[];
  /** What is wrong with the first line that cannot be read. */
  readonly fault?: string;
}

/** Bytes that an output file may have. */
export const OUTPUT_LIMIT = 1024 * 1024;

/**
 * `name=value`, or `name<<DELIMITER`, lines, and a line that is the delimiter and nothing else. Nothing is trimmed;
 * only `\n` ends a line.
 */
export function parseOutputs(text: string): ReadOutputs {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const pairs: OutputPair[] = [];
  let index = 0;
  while (index < lines.length) {
    const line = lines[index] ?? '';
    index += 1;
    if (line === '') continue;
    const entry = readEntry(lines, line, index);
    if (typeof entry === 'string') return { pairs, fault: entry };
    pairs.push(entry.pair);
    index = entry.next;
  }
  return { pairs };
}

/** The pair that `line` begins, with the index of the line after it; or what is wrong. `number` is the line's, from 1. */
function readEntry(
  lines: readonly string[],
  line: string,
  number: number,
): { pair: OutputPair; next: number } | string {
  const equals = line.indexOf('=');
  const heredoc = line.indexOf('<<');
  if (heredoc >= 0 && (equals < 0 || heredoc < equals)) {
    return readHeredoc(lines, { name: line.slice(0, heredoc), delimiter: line.slice(heredoc + 2), number });
  }
  if (equals > 0) return { pair: { name: line.slice(0, equals), value: line.slice(equals + 1) }, next: number };
  return `line ${number} is neither name=value nor name<<DELIMITER`;
}

function readHeredoc(
  lines: readonly string[],
  head: { readonly name: string; readonly delimiter: string; readonly number: number },
): { pair: OutputPair; next: number } | string {
  const { name, delimiter, number } = head;
  if (name === '' || delimiter === '') return `line ${number} needs a name before << and a delimiter after it`;
  const end = lines.indexOf(delimiter, number);
  if (end < 0) return `the delimiter that line ${number} names never comes on a line of its own`;
  return { pair: { name, value: lines.slice(number, end).join('\n') }, next: end + 1 };
}

/** The declared ones among the pairs, under their declared names, the last of each; and the names of the others. */
export function pickDeclared(
  pairs: readonly OutputPair[],
  declared: readonly string[],
): { readonly values: Readonly<Record<string, string>>; readonly undeclared: readonly string[] } {
  // GitHub compares names of outputs without regard to case.
  const known = new Map(declared.map((name) => [name.toLowerCase(), name]));
  const values = new Map<string, string>();
  const undeclared = new Set<string>();
  for (const { name, value } of pairs) {
    const declaredName = known.get(name.toLowerCase());
    if (declaredName === undefined) undeclared.add(name);
    else values.set(declaredName, value);
  }
  return { values: Object.fromEntries(values), undeclared: [...undeclared] };
}
