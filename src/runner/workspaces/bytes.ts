/**
 * Paths as git stores them: any bytes but NUL. Here one character stands for one byte (latin1), so that a name that is
 * not UTF-8 survives the way through a string; `show` makes the text that people read.
 */
import type { Brand } from '../../shared/brand.ts';

export type BytePath = Brand<string, 'BytePath'>;

/** From text as users write it. */
export function bytePath(text: string): BytePath {
  return Buffer.from(text, 'utf8').toString('latin1') as BytePath;
}

/** A name as `readdir` gives it with `encoding: 'latin1'`, below `parent` ('' is the root). */
export function childPath(parent: string, name: string): BytePath {
  return (parent === '' ? name : `${parent}/${name}`) as BytePath;
}

/** For people; bytes that are not UTF-8 become the replacement character. */
export function show(path: BytePath): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

/** Where the path lies on this machine, for calls of node:fs. */
export function locate(root: string, path: string): Buffer {
  return path === '' ? Buffer.from(root) : Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, 'latin1')]);
}

/** What a `-z` command printed: fields that end in NUL. */
export function splitFields(output: Buffer): readonly BytePath[] {
  const fields = output.toString('latin1').split('\0');
  if (fields.at(-1) === '') fields.pop();
  return fields.map((field) => field as BytePath);
}

/** Input for a `-z --stdin` command. */
export function joinFields(fields: readonly string[]): Buffer {
  return Buffer.from(fields.map((field) => `${field}\0`).join(''), 'latin1');
}

/** Whether a path is one of these or lies below one. */
export function isBelow(path: string, tops: ReadonlySet<string>): boolean {
  if (tops.size === 0) return false;
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
    if (tops.has(path.slice(0, end))) return true;
  }
  return false;
}
