/** The name of a run: UTC time, to the millisecond, and a little chance, so that names sort by when runs began. */
import { randomInt } from 'node:crypto';

/** Letters and digits that people do not mistake for one another: no 0 and o, no 1, i and l. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const RUN_ID = /^\d{8}-\d{6}-[2-9a-hj-km-np-z]{4}$/;

/**
 * Such as `20261122-204512-k3f9`: of the last four characters two tell the part of the second, and two are picked.
 * `pick` returns a whole number from 0 up to, not including, its argument.
 */
export function newRunId(now: Date, pick: (below: number) => number = (below) => randomInt(below)): string {
  const stamp = now.toISOString().replace(/[-:]/g, '');
  // The alphabet is in the order of the characters, so what is counted in it sorts as text.
  const { length } = ALPHABET;
  const part = Math.floor((now.getUTCMilliseconds() * length ** 2) / 1000);
  const digits = [Math.floor(part / length), part % length, pick(length), pick(length)];
  return `${stamp.slice(0, 8)}-${stamp.slice(9, 15)}-${digits.map((digit) => ALPHABET.charAt(digit)).join('')}`;
}

/** Whether `text` is a name that `newRunId` could have made; what is named otherwise was not made by orch. */
export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}

/** When the run of this name began, in milliseconds since 1970; undefined for what is no such name. */
export function startOfRun(run: string): number | undefined {
  if (!isRunId(run)) return undefined;
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(run) ?? [];
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
