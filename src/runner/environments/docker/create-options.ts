/** The `options` of a container, read as `docker create` reads its command line. */
import { err, ok, type Result } from '../../../shared/result.ts';
import { type CreateDraft, emptyDraft } from './create-draft.ts';
import { type Flag, findFlag, longName } from './create-flags.ts';
import { splitWords } from './shell-words.ts';

/** Known to Docker, and not for a job to use. */
const REFUSED: Readonly<Record<string, string>> = {
  network: 'a job has a network of its own',
  net: 'a job has a network of its own',
  entrypoint: 'a service has the key entrypoint for it, and in a job container steps are the only programs',
  name: 'containers are named by the run',
  'env-file': 'a file of this machine is not read for it; use env',
  'label-file': 'a file of this machine is not read for it',
  cidfile: 'a file of this machine is not written for it',
  restart: 'a container of a job runs once',
};

/** Every option that is not supported is an error that names it. */
export function readCreateOptions(options: string): Result<CreateDraft, string> {
  const words = splitWords(options);
  if (!words.ok) return words;
  const draft = emptyDraft();
  const rest = [...words.value];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const read = word.startsWith('--') ? readLong(word, rest, draft) : readShort(word, rest, draft);
    if (!read.ok) return read;
  }
  return ok(draft);
}

function readLong(word: string, rest: string[], draft: CreateDraft): Result<unknown, string> {
  const [, name = '', given] = /^--([^=]*)(?:=([^]*))?$/.exec(word) ?? [];
  const flag = findFlag(name);
  if (flag === undefined) return err(refusal(`--${name}`, name));
  return apply(flag, { shown: `--${name}`, given, rest }, draft);
}

/** `-p 80:80`, `-p80:80`, `-p=80:80`, and switches in one word such as `-it`. */
function readShort(word: string, rest: string[], draft: CreateDraft): Result<unknown, string> {
  if (!word.startsWith('-') || word === '-') return err(`"${word}" is no option`);
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    const name = longName(letter);
    const flag = name === undefined ? undefined : findFlag(name);
    if (flag === undefined) return err(refusal(`-${letter}`, letter));
    const behind = word.slice(at + 1);
    if (flag.kind === 'value') {
      const given = behind === '' ? undefined : behind.replace(/^=/, '');
      return apply(flag, { shown: `-${letter}`, given, rest }, draft);
    }
    flag.set(draft, true);
  }
  return ok(undefined);
}

interface Use {
  readonly shown: string;
  /** Undefined when it is to be the next word. */
  readonly given: string | undefined;
  readonly rest: string[];
}

function apply(flag: Flag, { shown, given, rest }: Use, draft: CreateDraft): Result<unknown, string> {
  if (flag.kind === 'switch') {
    if (given !== undefined && !/^(true|false|0|1)$/.test(given)) return err(`${shown} wants true or false`);
    flag.set(draft, given === undefined || given === 'true' || given === '1');
    return ok(undefined);
  }
  const text = given ?? rest.shift();
  if (text === undefined) return err(`${shown} wants a value`);
  const set = flag.set(draft, text);
  return set.ok ? set : err(`${shown}: ${set.error}`);
}

function refusal(shown: string, name: string): string {
  const why = Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined;
  return `the option ${shown} is not supported${why === undefined ? '' : `: ${why}`}`;
}
