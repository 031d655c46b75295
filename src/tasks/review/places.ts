/** Whether findings point to lines that there are, in what was reviewed. */
import { cutText } from '../../shared/cut-text.ts';
import { countOf } from '../messages.ts';
import type { WorkTree } from '../repository-port.ts';
import { pathInside } from '../tree-path.ts';
import type { FindingFault, ReviewFinding } from './findings.ts';

interface Reviewed {
  readonly tree: Pick<WorkTree, 'read' | 'path'>;
  /** A commit or tree. */
  readonly reviewed: string;
}

/** Bytes. In a larger file only its being there is looked at. */
const LIMIT = 8 * 1024 * 1024;

/** One fault for each finding that points nowhere. */
export async function findMisplaced(
  findings: readonly ReviewFinding[],
  reviewed: Reviewed,
): Promise<readonly FindingFault[]> {
  const known = new Map<string, Promise<Lines>>();
  const faults: FindingFault[] = [];
  for (const { file, lastLine, at } of findings) {
    const lines = known.get(file) ?? countLines(file, reviewed);
    known.set(file, lines);
    const problem = problemOf(await lines, lastLine);
    if (problem !== undefined) faults.push({ at, message: `the finding points to ${shown(file)}, ${problem}` });
  }
  return faults;
}

/** Their number, or why there are none; undefined when they were not counted. */
type Lines = number | string | undefined;

async function countLines(file: string, { tree, reviewed }: Reviewed): Promise<Lines> {
  const inside = pathInside(tree.path, file);
  if (inside === undefined) return 'which is outside of what was reviewed';
  const read = await tree.read(reviewed, inside.slice(tree.path.length + 1), LIMIT);
  switch (read.kind) {
    case 'file':
      return linesIn(read.bytes);
    case 'too-large':
      return undefined;
    case 'absent':
      return 'which is not in what was reviewed';
    case 'link':
    case 'not-file':
      return 'which is no file';
  }
}

/** The last one need not end. */
function linesIn(bytes: Uint8Array): number {
  let lines = bytes.length > 0 && bytes.at(-1) !== NEWLINE ? 1 : 0;
  for (const byte of bytes) if (byte === NEWLINE) lines += 1;
  return lines;
}

const NEWLINE = 0x0a;

function problemOf(lines: Lines, line: number): string | undefined {
  if (typeof lines === 'string') return lines;
  if (lines === undefined || line <= lines) return undefined;
  return lines === 0 ? 'which is empty' : `line ${line}, which has ${countOf(lines, 'line')}`;
}

function shown(file: string): string {
  return cutText(file, 200);
}
