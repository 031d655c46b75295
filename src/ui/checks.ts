/** What was found out about a machine, a line each, with the way out where something is amiss. */
import { cleanText, displayWidth, padTo, wrapText } from '../reports/index.ts';
import { type Look, paintOf } from './look.ts';

export interface Check {
  /** `note`: worth knowing, nothing to do. `bad`: orch cannot work like this. */
  readonly state: 'good' | 'note' | 'warning' | 'bad';
  readonly name: string;
  /** What was seen, in words. */
  readonly seen: string;
  /** What to do about it. */
  readonly hint?: string;
}

const STANDINGS = { good: 'succeeded', note: 'waiting', warning: 'warning', bad: 'failed' } as const;

/** Ends with a line end. */
export function renderChecks(checks: readonly Check[], look: Look, columns: number): string {
  const name = checks.reduce((most, check) => Math.max(most, displayWidth(check.name)), 0);
  const indent = displayWidth(look.marks.succeeded) + name + 3;
  const room = Math.max(16, columns - indent);
  return checks
    .flatMap((check) => {
      const standing = STANDINGS[check.state];
      const mark = padTo(look.marks[standing], displayWidth(look.marks.succeeded));
      const [first = '', ...rest] = wrapText(cleanText(check.seen), room);
      const hint =
        check.hint === undefined ? [] : wrapText(cleanText(check.hint), room).map((line) => look.chalk.cyan(line));
      const head = `${paintOf(look, standing)(mark)} ${padTo(check.name, name)}  ${first}`;
      return [head, ...[...rest, ...hint].map((line) => `${' '.repeat(indent)}${line}`)];
    })
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}
