/** The simple commands of a shell script, wherever they stand in it, as far as its text shows them. */

export interface ShellCommand {
  /** With quotes taken off. Undefined for a word that the shell puts together, such as `$TOOL`, unless it is a value. */
  readonly words: readonly (string | undefined)[];
}

export interface ShellScript {
  /** In order of their beginnings; what `$(…)` holds comes before the command that it stands in. */
  readonly commands: readonly ShellCommand[];
  /** Names that the script defines. */
  readonly functions: ReadonlySet<string>;
}

interface Reader {
  readonly text: string;
  /** Substitutions around it. */
  readonly depth: number;
  at: number;
  words: (string | undefined)[];
  /** The word that is being read; absent between words. */
  word: { text: string; isPlain: boolean } | undefined;
  /** The next word belongs to `>`, `<` or `<<<`. */
  isRedirected: boolean;
  /** `case` that are open, and whether a pattern comes next in the innermost. */
  cases: number;
  isPattern: boolean;
  /** Ends of here documents whose texts begin at the next line. */
  documents: string[];
  readonly commands: ShellCommand[];
  readonly functions: Set<string>;
}

/** Words behind which a command begins, and those that end one of several. */
const OPENING = new Set('! { if then elif else while until do time coproc'.split(' '));
const CLOSING = new Set('} fi done esac'.split(' '));
/** The value of a variable, of which no more than the name is sure. */
export const ASSIGNMENT = /^\w+(?:\[[^\]]*\])?\+?=/;
/** Substitutions in each other. What is deeper is not read, nor what comes behind it. */
const DEEPEST = 100;
/** Words whose own words are no commands. */
const LISTS = new Set('for select'.split(' '));

export function readShell(script: string): ShellScript {
  const reader = readerOf(script.replaceAll(/\$\{\{[\s\S]*?\}\}/g, '$X'));
  readUntil(reader, undefined);
  return { commands: reader.commands, functions: reader.functions };
}

function readerOf(text: string, outer?: Reader): Reader {
  return {
    text,
    depth: outer === undefined ? 0 : outer.depth + 1,
    at: 0,
    words: [],
    word: undefined,
    isRedirected: false,
    cases: 0,
    isPattern: false,
    documents: [],
    commands: outer?.commands ?? [],
    functions: outer?.functions ?? new Set(),
  };
}

/** Up to the end, or behind the closing parenthesis of a substitution. */
function readUntil(reader: Reader, end: ')' | undefined): void {
  while (reader.at < reader.text.length) {
    const char = reader.text[reader.at] ?? '';
    if (char === ')' && end !== undefined && !reader.isPattern) break;
    readOne(reader, char);
  }
  endCommand(reader);
  reader.at += 1;
}

function readOne(reader: Reader, char: string): void {
  if (/[ \t\r]/.test(char)) {
    endWord(reader);
    reader.at += 1;
  } else if (char === '#' && reader.word === undefined) skipTo(reader, /\n|$/g);
  else if (char === '\n') endLine(reader);
  else if (/[;&|]/.test(char)) readSeparator(reader);
  else if (char === '<' || char === '>') readRedirection(reader);
  else if (char === '(' || char === ')') readParenthesis(reader, char);
  else readInWord(reader, char);
}

function skipTo(reader: Reader, pattern: RegExp): void {
  pattern.lastIndex = reader.at;
  reader.at = pattern.exec(reader.text)?.index ?? reader.text.length;
}

function endLine(reader: Reader): void {
  endCommand(reader);
  reader.at += 1;
  for (const end of reader.documents.splice(0)) {
    const lines = new RegExp(`^\\t*${end.replaceAll(/[^\w]/g, '\\$&')}$`, 'gm');
    skipTo(reader, lines);
    skipTo(reader, /\n|$/g);
    reader.at += 1;
  }
}

function readSeparator(reader: Reader): void {
  const [whole = ''] = /^(?:;;&|;;|;&|&>>|&>|[;&|]+)/.exec(reader.text.slice(reader.at, reader.at + 3)) ?? [];
  reader.at += whole.length;
  if (whole.startsWith('&>')) {
    endWord(reader);
    reader.isRedirected = true;
    return;
  }
  if (reader.isPattern) return;
  endCommand(reader);
  if (reader.cases > 0 && /^;[;&]/.test(whole)) reader.isPattern = true;
}

function readRedirection(reader: Reader): void {
  const rest = reader.text.slice(reader.at, reader.at + 256);
  if (/^[<>]\(/.test(rest)) {
    reader.at += 2;
    substitute(reader);
    return;
  }
  // The number of what is redirected is no word.
  if (/^\d+$/.test(reader.word?.text ?? '')) reader.word = undefined;
  endWord(reader);
  const document = /^<<-?[ \t]*(?:'([^'\n]+)'|"([^"\n]+)"|\\?([^\s;&|<>()'"]+))/.exec(rest);
  if (document !== null && !rest.startsWith('<<<')) {
    reader.documents.push(document[1] ?? document[2] ?? document[3] ?? '');
    reader.at += document[0].length;
    return;
  }
  reader.at += /^(?:<<<|[<>]{1,2}[&|]?|<>)/.exec(rest)?.[0].length ?? 1;
  reader.isRedirected = true;
}

function readParenthesis(reader: Reader, char: '(' | ')'): void {
  const { text, word } = reader;
  if (char === ')') return closeParenthesis(reader);
  if (reader.isPattern) reader.at += 1;
  else if (word !== undefined && word.text.endsWith('=')) {
    word.isPlain = false;
    skipBalanced(reader);
  } else if (/^\(\s*\)/.test(text.slice(reader.at))) {
    endWord(reader);
    const name = reader.words.at(-1);
    if (name !== undefined) reader.functions.add(name);
    reader.words = [];
    skipBalanced(reader);
  } else if (text.startsWith('((', reader.at)) skipBalanced(reader);
  else {
    endCommand(reader);
    reader.at += 1;
  }
}

function closeParenthesis(reader: Reader): void {
  if (reader.isPattern) {
    reader.words = [];
    reader.word = undefined;
    reader.isPattern = false;
  } else endCommand(reader);
  reader.at += 1;
}

/** Arithmetic and lists: from one parenthesis to its own. */
function skipBalanced(reader: Reader): void {
  for (let depth = 0; reader.at < reader.text.length; reader.at += 1) {
    if (reader.text[reader.at] === '(') depth += 1;
    if (reader.text[reader.at] === ')') depth -= 1;
    if (depth === 0) break;
  }
  reader.at += 1;
}

function readInWord(reader: Reader, char: string): void {
  const { text } = reader;
  reader.word ??= { text: '', isPlain: true };
  const { word } = reader;
  if (char === '\\') {
    word.text += text[reader.at + 1] === '\n' ? '' : (text[reader.at + 1] ?? '');
    if (word.text === '') reader.word = undefined;
    reader.at += 2;
  } else if (char === "'") {
    const end = text.indexOf("'", reader.at + 1);
    word.text += text.slice(reader.at + 1, end < 0 ? undefined : end);
    reader.at = end < 0 ? text.length : end + 1;
  } else if (char === '"') readQuoted(reader, word);
  else if (char === '$' || char === '`') expand(reader, word);
  else {
    word.text += char;
    reader.at += 1;
  }
}

function readQuoted(reader: Reader, word: NonNullable<Reader['word']>): void {
  const { text } = reader;
  reader.at += 1;
  while (reader.at < text.length && text[reader.at] !== '"') {
    const char = text[reader.at] ?? '';
    if (char === '$' || char === '`') {
      expand(reader, word);
      continue;
    }
    if (char === '\\') reader.at += 1;
    word.text += text[reader.at] ?? '';
    reader.at += 1;
  }
  reader.at += 1;
}

function expand(reader: Reader, word: NonNullable<Reader['word']>): void {
  const { text } = reader;
  word.isPlain = false;
  const rest = text.slice(reader.at, reader.at + 3);
  reader.at += 1;
  if (rest === '$((') skipBalanced(reader);
  else if (rest.startsWith('$(')) {
    reader.at += 1;
    substitute(reader);
  } else if (rest.startsWith('${')) skipBraces(reader);
  else if (rest.startsWith('`')) {
    const end = text.indexOf('`', reader.at);
    const inner = readerOf(text.slice(reader.at, end < 0 ? undefined : end), reader);
    if (inner.depth <= DEEPEST) readUntil(inner, undefined);
    reader.at = end < 0 ? text.length : end + 1;
  }
}

function substitute(reader: Reader): void {
  const inner = readerOf(reader.text, reader);
  inner.at = reader.at;
  if (inner.depth > DEEPEST) inner.at = inner.text.length;
  else readUntil(inner, ')');
  reader.at = inner.at;
}

function skipBraces(reader: Reader): void {
  for (let depth = 0; reader.at < reader.text.length; reader.at += 1) {
    if (reader.text[reader.at] === '{') depth += 1;
    if (reader.text[reader.at] === '}') depth -= 1;
    if (depth === 0) break;
  }
  reader.at += 1;
}

function endWord(reader: Reader): void {
  const { word } = reader;
  if (word === undefined) return;
  reader.word = undefined;
  if (reader.isRedirected) {
    reader.isRedirected = false;
    return;
  }
  const text = word.isPlain || ASSIGNMENT.test(word.text) ? word.text : undefined;
  if (text !== undefined && isOfShell(reader, text)) return;
  reader.words.push(text);
  endHead(reader);
}

/** A word of the language itself, where one may stand. */
function isOfShell(reader: Reader, text: string): boolean {
  if (reader.isPattern) {
    if (text !== 'esac') return false;
  } else if (reader.words.length > 0 || !(OPENING.has(text) || CLOSING.has(text))) return false;
  if (text === 'esac') {
    reader.cases = Math.max(0, reader.cases - 1);
    reader.isPattern = false;
  }
  return true;
}

/** Some commands are over when it is known what they are: `case x in` is followed by a pattern, `function f` by what it does. */
function endHead(reader: Reader): void {
  const { words } = reader;
  if (words[0] === 'case' && words.at(-1) === 'in' && words.length > 2) {
    reader.words = [];
    reader.cases += 1;
    reader.isPattern = true;
  } else if (words[0] === 'function' && words.length === 2) {
    if (words[1] !== undefined) reader.functions.add(words[1]);
    reader.words = [];
  } else if (words[0] === '[[') {
    skipTo(reader, /\]\](?=\s|[;&|)]|$)/g);
    reader.at += 2;
    reader.words = [];
  }
}

function endCommand(reader: Reader): void {
  endWord(reader);
  const { words } = reader;
  reader.words = [];
  reader.isRedirected = false;
  if (words.length > 0 && !LISTS.has(words[0] ?? '')) reader.commands.push({ words });
}
