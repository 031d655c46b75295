/** The programs that a shell script calls and does not bring along, as far as its text shows them. */
import { ASSIGNMENT, readShell } from './shell-commands.ts';

/** Programs that run another one: the options that have a value in the next word, and how many words come before the program. */
const STARTERS: Readonly<Record<string, { readonly valued: string; readonly before?: number }>> = {
  builtin: { valued: '' },
  command: { valued: '' },
  env: { valued: 'uCS' },
  exec: { valued: 'a' },
  ionice: { valued: 'cnp' },
  nice: { valued: 'n' },
  nohup: { valued: '' },
  setsid: { valued: '' },
  stdbuf: { valued: 'ioe' },
  sudo: { valued: 'ughpCDRTU' },
  timeout: { valued: 'ks', before: 1 },
  xargs: { valued: 'nIPLdasE' },
  'xvfb-run': { valued: 'neflpsw' },
};

/** Programs that are asked whether another is there. */
const ASKING = new Set(['hash', 'type', 'which']);

/** Behind one of these nobody knows what is there: it installs something, or reads what others have written. */
const INSTALLING: readonly RegExp[] = [
  /^(?:\.|source|eval)(?: |$)/,
  /^(?:export )?PATH=/,
  /^(?:apt|apt-get|brew|dpkg|snap|conda|mamba) (?:\S+ )*(?:install|-i)\b/,
  /^(?:pip3?|pipx|gem|cargo|go|rustup|dotnet|mise|asdf) (?:\S+ )*(?:install|add)\b/,
  /^python3? -m pip install\b/,
  /^(?:npm|pnpm|yarn|bun) (?:\S+ )*(?:-g|--global|global)\b/,
  /^(?:corepack enable|uv tool install|dnf|yum|apk)\b/,
  /^(?:ba|z)?sh(?: -\S+)*$/,
];

/** Each once, in order. What is put together by the shell, such as `$TOOL`, and what the script defines, asks for or installs is left out. */
export function calledPrograms(script: string): readonly string[] {
  const { commands, functions } = readShell(script);
  const own = new Set(functions);
  const called = new Set<string>();
  for (const found of commands.flatMap(({ words }) => followStarters(words))) {
    const [name] = found;
    for (const word of knownBy(found)) own.add(word);
    if (name !== undefined && isName(name) && !own.has(name)) called.add(name);
    for (const inner of scriptOf(found)) called.add(inner);
    if (isInstalling(found)) break;
  }
  return [...called];
}

/** The names of which a script knows that they are there, or what to do if not. */
function knownBy(words: Words): readonly string[] {
  const [name, ...others] = words;
  if (name !== 'alias' && !isAsking(words)) return [];
  return others.flatMap((word) => word?.split('=', 1) ?? []);
}

/** Whether what this does may bring along other programs. */
export function mayInstall(script: string): boolean {
  return readShell(script).commands.some(({ words }) => followStarters(words).some(isInstalling));
}

type Words = readonly (string | undefined)[];

function isName(word: string): boolean {
  return /^[\w./[:][\w./+:-]*$/.test(word) && !/^\d+$/.test(word);
}

/** The command itself, and what it starts. */
function followStarters(words: Words): readonly Words[] {
  const found: Words[] = [];
  for (let rest = withoutValues(words); rest.length > 0; ) {
    found.push(rest);
    const [name = '', ...others] = rest;
    const starter = Object.hasOwn(STARTERS, name) ? STARTERS[name] : undefined;
    if (starter === undefined || isAsking(rest)) break;
    rest = withoutValues(withoutOptions(others, starter.valued).slice(starter.before ?? 0));
  }
  return found;
}

/** Values of variables stand before the program; one alone changes what the shell itself looks for. */
function withoutValues(words: Words): Words {
  const first = words.findIndex((word) => word === undefined || !ASSIGNMENT.test(word));
  return first < 0 ? words.filter((word) => word?.startsWith('PATH=')) : words.slice(first);
}

function withoutOptions(words: Words, valued: string): Words {
  let at = 0;
  while (words[at]?.startsWith('-') === true) {
    const word = words[at] ?? '';
    at += 1;
    if (word === '--') break;
    if (/^-\w$/.test(word) && valued.includes(word.slice(1))) at += 1;
  }
  return words.slice(at);
}

function isAsking([name = '', option]: Words): boolean {
  return ASKING.has(name) || (name === 'command' && /^-[vV]/.test(option ?? ''));
}

function isInstalling(words: Words): boolean {
  const text = words.map((word) => word ?? '$').join(' ');
  return INSTALLING.some((pattern) => pattern.test(text));
}

/** Of `sh -c '…'`. */
function scriptOf([name = '', ...others]: Words): readonly string[] {
  if (!/^(?:ba|da|z)?sh$/.test(name)) return [];
  const at = others.findIndex((word) => /^-\w*c$/.test(word ?? ''));
  const script = at < 0 ? undefined : others[at + 1];
  return script === undefined ? [] : calledPrograms(script);
}
