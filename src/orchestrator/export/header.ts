/** The comment that opens an exported file: what it was made of, how to make it again, and what differs on GitHub. */
import type { Diagnostic } from '../../shared/diagnostic.ts';

/** How every file begins that an export has written, and may write again. */
export const MARK = 'Written by orch export-gha';

export interface Origin {
  /** The config as somebody at the repository's root would type it. */
  readonly source: string;
  /** What writes the file again. */
  readonly command: string;
}

export function headerOf({ source, command }: Origin, notes: readonly Diagnostic[]): readonly string[] {
  const head = [
    `${MARK} from ${source}.`,
    'Change that file instead of this one, and write this one again:',
    `  ${command}`,
  ];
  if (notes.length === 0) return head;
  return [...head, '', 'Differs from a run by orch:', ...notes.map(({ message }) => `- ${oneLine(message)}`)];
}

/** Of a file that begins with such a comment. */
export function readHeader(text: string): Origin | undefined {
  const [first = '', , third = ''] = text.split('\n', 3);
  const source = first.startsWith(`# ${MARK} from `) ? /^.* from (.+)\.$/.exec(first)?.[1] : undefined;
  const command = /^# {3}(orch export-gha.*)$/.exec(third)?.[1];
  return source === undefined || command === undefined ? undefined : { source, command };
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ');
}
