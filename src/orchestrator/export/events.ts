/** What starts an exported workflow, from the words of the command line. */
import { err, ok, type Result } from '../../shared/result.ts';
import { EVENT_NAMES, type MappingEntry, type MappingNode, type Node, scalar, sequence } from '../../workflow/index.ts';
import { quote } from '../wording.ts';

/**
 * `push`, `pull_request`, `schedule:0 6 * * 1-5` …; what follows a colon are the branches, or the cron of a schedule.
 * Inputs stay with `workflow_dispatch`, which is there whenever the config has some. The error is a sentence.
 */
export function withEvents(dispatch: MappingNode, words: readonly string[]): Result<MappingNode, string> {
  const entries = new Map<string, MappingEntry>();
  for (const word of words) {
    const [name = '', detail] = split(word);
    if (!EVENT_NAMES.includes(name)) return err(`${quote(name)} is no event that starts a workflow`);
    const value = filterOf(name, detail, dispatch);
    if (!value.ok) return value;
    entries.set(name, { key: scalar(name), value: value.value });
  }
  const own = dispatch.entries[0];
  const hasInputs = own?.value.kind === 'mapping';
  if (own !== undefined && (hasInputs || words.length === 0)) entries.set('workflow_dispatch', own);
  return ok({ kind: 'mapping', entries: [...entries.values()] });
}

function split(word: string): readonly string[] {
  const at = word.indexOf(':');
  return at < 0 ? [word.trim()] : [word.slice(0, at).trim(), word.slice(at + 1).trim()];
}

function filterOf(name: string, detail: string | undefined, dispatch: MappingNode): Result<Node, string> {
  if (name === 'workflow_dispatch') return ok(dispatch.entries[0]?.value ?? scalar(null));
  if (name === 'schedule') {
    if (!detail) return err('a schedule wants its time: --event "schedule:0 6 * * 1-5"');
    return ok(sequence([entry('cron', scalar(detail))]));
  }
  if (!detail) return ok(scalar(null));
  if (!['push', 'pull_request', 'pull_request_target'].includes(name)) {
    return err(`${quote(name)} takes no branches`);
  }
  return ok(entry('branches', sequence(detail.split(/\s+/).map(scalar))));
}

function entry(key: string, value: Node): MappingNode {
  return { kind: 'mapping', entries: [{ key: scalar(key), value }] };
}
