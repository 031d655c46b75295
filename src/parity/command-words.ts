/** The programs that a shell script starts, as far as its text shows them: the first word of each command. */

/** Words behind which another command follows. */
const LEADING = new Set(
  '! { ( if then elif else while until do time exec command builtin env nohup sudo nice'.split(' '),
);
/** Words that open something whose own words are no commands. */
const OPENING = new Set('for case select function [[ (('.split(' '));

/** Each once, in order. What is put together by the shell, such as `$TOOL`, and functions of the script are left out. */
export function commandWords(script: string): readonly string[] {
  const functions = new Set([...script.matchAll(/^\s*(?:function\s+)?([\w-]+)\s*\(\)/gm)].map(([, name]) => name));
  const words = commandsOf(withoutHereDocuments(script)).flatMap((command) => firstWord(command) ?? []);
  return [...new Set(words)].filter((word) => !functions.has(word));
}

/** What stands between `<<END` and its end is input. */
function withoutHereDocuments(script: string): string {
  const kept: string[] = [];
  let end: string | undefined;
  for (const line of script.replaceAll('\\\n', ' ').split('\n')) {
    if (end !== undefined) {
      if (line.trim() === end) end = undefined;
      continue;
    }
    end = /(?<!<)<<-?\s*(["']?)(\w+)\1/.exec(line)?.[2];
    kept.push(line);
  }
  return kept.join('\n');
}

/** What is not looked into becomes one word that is no program's; what separates commands is looked for outside of it. */
const OPAQUE = '\u0000';
const EXPRESSION = /\$\{\{[\s\S]*?\}\}/g;
const QUOTED = /'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\\[\s\S]/g;
const COMMENT = /(^|\s)#.*$/gm;
/** Conditions, arithmetic, and values of variables. */
const CLOSED = /\[\[[\s\S]*?\]\]|\$?\(\([\s\S]*?\)\)|\$\{[^}]*\}/g;
const SUBSTITUTION = /\$\(([^()]*)\)|`([^`]*)`/g;

function commandsOf(script: string): readonly string[] {
  const inner: string[] = [];
  let text = script
    .replace(EXPRESSION, OPAQUE)
    .replace(QUOTED, OPAQUE)
    .replace(COMMENT, '$1')
    .replace(CLOSED, OPAQUE)
    .replace(/[\w-]+\s*\(\)/g, '\n');
  // The innermost first, until none is left.
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replace(SUBSTITUTION, (_, one?: string, other?: string) => {
      inner.push(one ?? other ?? '');
      return OPAQUE;
    });
  }
  const outer = text.replace(/(^|[;&|\n])\s*\(([^()]*)\)/g, '$1 $2');
  return [outer, ...inner].flatMap((part) => part.split(/&&|\|\||[;&|\n]/));
}

function firstWord(command: string): string | undefined {
  // What is redirected needs no program: `2>&1` has been cut at its `&`, too.
  const words = command.trim().split(/\s+/);
  for (const word of words) {
    if (OPENING.has(word)) return undefined;
    if (LEADING.has(word) || /^\w+\+?=/.test(word)) continue;
    return /^[\w./][\w./+-]*$/.test(word) && !/^\d+$/.test(word) ? word : undefined;
  }
  return undefined;
}
