/** What a failed step is shown with: its own last words, without the command line that stands above them. */

const LINES = 10;
const HEAD_END = '##[endgroup]';

export function lastOutput(lines: readonly string[]): readonly string[] {
  const end = lines.indexOf(HEAD_END);
  const begun = lines.findIndex((line) => line.startsWith('##[group]'));
  // The runner warns about an action's inputs before its first group; a later group is the step's own.
  const isHead = lines.slice(0, Math.max(begun, 0)).every((line) => line.startsWith('##[warning]'));
  const own = end !== -1 && isHead ? lines.slice(end + 1) : lines;
  return own.slice(-LINES);
}
