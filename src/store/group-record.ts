/** The text of the file of concurrency groups. What is in it may have been written by anybody. */
import type { GroupMember } from '../engine/index.ts';
import { isLockInfo, type LockInfo } from './lock-info.ts';

export interface GroupRecord {
  /** In the order in which they came. */
  readonly members: readonly GroupMember[];
  readonly runs: readonly GroupRun[];
}

export interface GroupRun {
  readonly info: LockInfo;
  /** When it wrote last, in milliseconds since 1970. */
  readonly seen: number;
}

const NOTHING: GroupRecord = { members: [], runs: [] };

/** What is damaged counts as not there: the runs that it was about put themselves back. */
export function parseGroups(text: string): GroupRecord {
  if (text === '') return NOTHING;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return NOTHING;
    throw cause;
  }
  const { members, runs } = fieldsOf(value);
  return { members: listOf(members).filter(isMember), runs: listOf(runs).filter(isRun) };
}

function isMember(value: unknown): value is GroupMember {
  const { group, run, job, leg, callers, holds, displacedBy } = fieldsOf(value);
  return (
    [group, run, job, leg].every(isText) &&
    Array.isArray(callers) &&
    callers.every(isText) &&
    typeof holds === 'boolean' &&
    (displacedBy === undefined || isPlace(displacedBy))
  );
}

function isPlace(value: unknown): boolean {
  const { run, leg } = fieldsOf(value);
  return isText(run) && isText(leg);
}

function isRun(value: unknown): value is GroupRun {
  const { info, seen } = fieldsOf(value);
  return isLockInfo(info) && typeof seen === 'number';
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 1000;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
