/** Names of artifacts: which there can be, and the files that they are kept in. */

import { ok, type Result } from '../../shared/result.ts';
import { type Refusal, refuse } from './refusal.ts';

/** GitHub's: what some file system does not take. */
const FORBIDDEN: ReadonlyMap<string, string> = new Map([
  ['"', 'double quote'],
  [':', 'colon'],
  ['<', 'less than'],
  ['>', 'greater than'],
  ['|', 'vertical bar'],
  ['*', 'asterisk'],
  ['?', 'question mark'],
  ['\r', 'carriage return'],
  ['\n', 'line feed'],
  ['\\', 'backslash'],
  ['/', 'slash'],
  ['\0', 'zero'],
]);
/** UTF-16 units, as the clients count. */
const LONGEST = 256;
/** Bytes of a file's name, so that what is added fits into 255. */
const LONGEST_FILE = 200;

export function checkArtifactName(name: string): Result<string, Refusal> {
  if (name === '') return refuse(400, 'an artifact has to have a name');
  if (name.length > LONGEST) return refuse(400, `the name of an artifact is at most ${LONGEST} characters long`);
  // Who downloads all artifacts makes a folder of each name.
  if (name === '.' || name === '..') return refuse(400, `an artifact cannot have the name ${name}`);
  const bad = [...FORBIDDEN.keys()].find((letter) => name.includes(letter));
  if (bad === undefined) return ok(name);
  return refuse(
    400,
    `the artifact name ${JSON.stringify(name)} has a character that names cannot have: ${FORBIDDEN.get(bad)}`,
  );
}

/**
 * A plain file name for the artifact; `again` tells apart those whose names come to the same. Neither hidden nor an
 * option to any program, and nothing in it that a terminal obeys.
 */
export function artifactFileName(name: string, isZip: boolean, again?: number): string {
  const plain = name.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}"*:<>?|/\\]/gu, '_').replace(/^[.\-\s]+/u, '_');
  const end = isZip ? '.zip' : '';
  const mark = again === undefined ? '' : ` (${again})`;
  return `${cut(plain === '' ? '_' : plain)}${mark}${end}`;
}

function cut(text: string): string {
  let kept = '';
  for (const letter of text) {
    if (Buffer.byteLength(kept + letter) > LONGEST_FILE) break;
    kept += letter;
  }
  return kept;
}
