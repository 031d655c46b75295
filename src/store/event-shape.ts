/** Whether a line of a journal is an event that this version of orch knows, as far as its readers rely on it. */
import type { RunEvent } from '../engine/index.ts';

type Kind = 'string' | 'number' | 'boolean' | 'object' | 'array';
type Shape = Readonly<Record<string, Kind>>;

/** Ties the table to the types: a field that is renamed there does not compile here. */
type ShapeOf<Event> = { readonly [Field in keyof Event]?: KindOf<Event[Field]> };
type KindOf<Value> = Value extends string
  ? 'string'
  : Value extends number
    ? 'number'
    : Value extends boolean
      ? 'boolean'
      : Value extends readonly unknown[]
        ? 'array'
        : 'object';

const LEG = { job: 'string', leg: 'string' } as const;

const SHAPES = {
  'run.started': {
    run: 'string',
    kind: 'string',
    name: 'string',
    orch: 'string',
    file: 'string',
    command: 'array',
    host: 'object',
    policy: 'object',
    jobs: 'array',
  },
  'job.expanded': { job: 'string', legs: 'array', failFast: 'boolean' },
  'job.called': { ...LEG, file: 'string', jobs: 'array' },
  'job.waiting': { ...LEG, group: 'string', holder: 'string', message: 'string' },
  'job.admitted': { ...LEG, group: 'string' },
  'job.displaced': { ...LEG, group: 'string', message: 'string' },
  'run.waiting': { group: 'string', holder: 'string', message: 'string' },
  'run.admitted': { group: 'string' },
  'job.requested': LEG,
  'job.paused': { ...LEG, step: 'string', failure: 'object', workspace: 'string', enter: 'string', duration: 'number' },
  'job.resumed': { ...LEG, how: 'string' },
  'job.cancel-requested': { ...LEG, reason: 'string' },
  'job.timed-out': LEG,
  'job.skipped': { job: 'string', reason: 'string', result: 'string', message: 'string' },
  'job.finished': { ...LEG, outcome: 'string', conclusion: 'string', outputs: 'object', duration: 'number' },
  'run.cancelling': { reason: 'string', message: 'string' },
  'run.finished': { result: 'string', exitCode: 'number', duration: 'number', totals: 'object' },
  'run.resumed': { orch: 'string', command: 'array' },
  'task.prepared': { ...LEG, branch: 'string', start: 'string', worktree: 'string', from: 'array' },
  'step.started': { ...LEG, step: 'number', name: 'string' },
  'step.finished': { ...LEG, step: 'number', outcome: 'string', conclusion: 'string', duration: 'number' },
  'attempt.started': { ...LEG, attempt: 'number', of: 'number' },
  'attempt.finished': { ...LEG, attempt: 'number', duration: 'number', verdict: 'object' },
  'attempt.delayed': { ...LEG, attempt: 'number', delay: 'number' },
  'verify.started': { ...LEG, attempt: 'number' },
  'log.closed': { ...LEG, path: 'string', bytes: 'number', sha256: 'string' },
  annotation: { ...LEG, step: 'number', level: 'string', message: 'string' },
  'step.summary': { ...LEG, step: 'number', markdown: 'string' },
  'artifact.stored': { ...LEG, id: 'number', name: 'string', path: 'string', bytes: 'number', sha256: 'string' },
  'artifact.deleted': { ...LEG, id: 'number', name: 'string' },
  warning: { code: 'string', message: 'string' },
} as const satisfies { readonly [T in RunEvent['type']]: ShapeOf<Extract<RunEvent, { readonly type: T }>> };

const KNOWN: ReadonlyMap<string, Shape> = new Map(Object.entries(SHAPES));

/** Lists inside events that every reader walks, and what each of their members must have. */
const MEMBERS: Readonly<Record<string, Shape>> = {
  jobs: { id: 'string', needs: 'array' },
  legs: { id: 'string', name: 'string', index: 'number' },
};

export type EventCheck =
  | { readonly kind: 'event'; readonly event: RunEvent }
  /** Written by a newer orch, perhaps: numbered like any other, and passed over. */
  | { readonly kind: 'unknown'; readonly type: string; readonly seq: number }
  | { readonly kind: 'bad'; readonly why: string };

export function checkEvent(value: unknown): EventCheck {
  if (!isObject(value)) return { kind: 'bad', why: 'not an event' };
  const { seq, time, type } = value;
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1) return { kind: 'bad', why: 'without a number' };
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) return { kind: 'bad', why: 'without a time' };
  if (typeof type !== 'string') return { kind: 'bad', why: 'without a type' };
  const shape = KNOWN.get(type);
  if (shape === undefined) return { kind: 'unknown', type, seq };
  const missing = firstMismatch(value, shape) ?? firstBadMember(value);
  if (missing !== undefined) return { kind: 'bad', why: `a ${type} whose ${missing} is missing or wrong` };
  return isRunEvent(value) ? { kind: 'event', event: value } : { kind: 'bad', why: 'not an event' };
}

function firstMismatch(value: Readonly<Record<string, unknown>>, shape: Shape): string | undefined {
  return Object.keys(shape).find((key) => kindOf(value[key]) !== shape[key]);
}

function firstBadMember(value: Readonly<Record<string, unknown>>): string | undefined {
  for (const [list, shape] of Object.entries(MEMBERS)) {
    const members = value[list];
    if (!Array.isArray(members)) continue;
    const bad = members.findIndex((member: unknown) => !isObject(member) || firstMismatch(member, shape) !== undefined);
    if (bad !== -1) return `${list}[${bad}]`;
  }
  return undefined;
}

function kindOf(value: unknown): Kind | undefined {
  if (Array.isArray(value)) return 'array';
  if (value === null) return undefined;
  const kind = typeof value;
  return kind === 'string' || kind === 'number' || kind === 'boolean' || kind === 'object' ? kind : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return kindOf(value) === 'object';
}

function isRunEvent(value: object): value is RunEvent {
  return 'type' in value && typeof value.type === 'string' && KNOWN.has(value.type);
}
