/** The messages of the commits that orch makes. */
import type { JobIdentity } from './ports.ts';

/** A subject, a text when there is one, and trailers that lead back to the run. */
export function commitMessage(job: JobIdentity, subject: string, text?: string): string {
  const body = text === undefined ? [] : [oneLine(text), ''];
  return [oneLine(subject), '', ...body, `Orch-Run: ${job.run}`, `Orch-Task: ${job.leg}`, ''].join('\n');
}

/** Text from a user's file must not be able to add lines, and with them trailers, of its own. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** `a, b, c and 4 more`. */
export function listSome(items: readonly string[], most: number): string {
  const rest = items.length - most;
  return rest > 0 ? `${items.slice(0, most).join(', ')} and ${rest} more` : items.join(', ');
}

/** `1 file`, `3 files`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The first line of a command, enough to know it by. */
export function firstLine(text: string): string {
  const [first = '', ...others] = text.trim().split('\n');
  return others.length > 0 ? `${first} …` : first;
}
