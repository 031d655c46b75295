/** Which programs there are, and what versions they say they have. */
import { askVersion, which } from '../../runner/environments/index.ts';
import type { Check } from '../../ui/index.ts';

/** Agent CLIs may be slow to start; they are all asked at once. Milliseconds. */
const LIMIT = 10_000;

export type Variables = Readonly<Record<string, string>>;

export interface ProgramCheck {
  readonly name: string;
  /** The oldest version that will do. */
  readonly oldest?: readonly [number, number];
  /** What it means that the program is missing, or too old. */
  readonly otherwise: Pick<Check, 'state' | 'hint'>;
}

/** Found, new enough, and willing to say so. */
export async function checkProgram({ name, oldest, otherwise }: ProgramCheck, env: Variables): Promise<Check> {
  const path = which(name, env);
  if (path === undefined) return { name, seen: 'not found', ...otherwise };
  const answer = await askVersion(path, { env, limit: LIMIT });
  if (answer.kind === 'silent') return { name, state: 'warning', seen: `${path} ${answer.why}` };
  const version = versionIn(answer.line);
  if (version === undefined) return { name, state: 'good', seen: answer.line.slice(0, 80) };
  if (oldest === undefined || isAtLeast(version, oldest)) return { name, state: 'good', seen: version };
  return { name, seen: `${version}, and ${oldest.join('.')} or newer is needed`, ...otherwise };
}

/** Those that are there, a line each; the others in one, since nobody has them all. */
export async function checkAgents(names: readonly string[], env: Variables): Promise<readonly Check[]> {
  const there = names.filter((name) => which(name, env) !== undefined);
  const missing = names.filter((name) => !there.includes(name));
  const found = await Promise.all(there.map((name) => checkProgram({ name, otherwise: { state: 'note' } }, env)));
  if (missing.length === 0) return found;
  const seen = `not found: ${missing.join(', ')}`;
  return [...found, { name: 'agents', state: 'note', seen, hint: 'only tasks whose command starts one need it' }];
}

/** The first thing with a dot between numbers: `git version 2.39.5 (Apple Git-154)` has `2.39.5`. */
function versionIn(line: string): string | undefined {
  return /\d+\.\d+[\w.+-]*/.exec(line)?.[0].replace(/[.,]$/, '');
}

export function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [first = 0, second = 0] = version.split('.').map(Number.parseFloat);
  return first > major || (first === major && second >= minor);
}
