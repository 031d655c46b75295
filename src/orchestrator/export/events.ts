/** What starts an exported workflow, from the words of the command line. */
import { err, ok, type Result } from '../../shared/result.ts';
import {
  EVENT_NAMES,
  isCron,
  type MappingEntry,
  type MappingNode,
  mapping,
  type Node,
  scalar,
  sequence,
} from '../../workflow/index.ts';
import { quote } from '../wording.ts';

interface Wanted {
  readonly name: string;
  /** What follows the colon. */
  readonly detail: string | undefined;
}

/**
 * `push`, `push:main dev`, `schedule:0 6 * * 1-5`, `workflow_run:Build` …, apart by commas: what follows a colon are the
 * branches, the times of a schedule (a comma in one is its own), or the name of a workflow. Inputs stay with
 * `workflow_dispatch`, which is there whenever the config has some. The error is a sentence.
 */
export function withEvents(dispatch: MappingNode, text: string): Result<MappingNode, string> {
  const entries = new Map<string, MappingEntry>();
  const wanted = readEvents(text);
  for (const { name } of wanted)
    if (!EVENT_NAMES.includes(name)) return err(`${quote(name)} is no event that starts a workflow`);
  for (const [name, details] of byName(wanted)) {
    const value = filterOf(name, details, dispatch);
    if (!value.ok) return value;
    entries.set(name, { key: scalar(name), value: value.value });
  }
  const own = dispatch.entries[0];
  const hasInputs = own?.value.kind === 'mapping';
  if (own !== undefined && (hasInputs || wanted.length === 0)) entries.set('workflow_dispatch', own);
  return ok({ kind: 'mapping', entries: [...entries.values()] });
}

/** Events of a caller, whose inputs, group and artifacts the workflow would share. */
const CALLED = 'workflow_call';

/** What is said of each; nothing when it is once wanted as it is, `push:main,push` being all of `push`. */
function byName(wanted: readonly Wanted[]): ReadonlyMap<string, readonly string[]> {
  const names = new Set(wanted.map(({ name }) => name));
  return new Map(
    [...names].map((name) => {
      const details = wanted.flatMap((event) => (event.name === name ? [event.detail] : []));
      const isWhole = details.includes(undefined) && BRANCHED.includes(name);
      return [name, isWhole ? [] : details.filter((detail) => detail !== undefined)];
    }),
  );
}

/** Events that may be of some branches alone. */
const BRANCHED: readonly string[] = ['push', 'pull_request', 'pull_request_target'];

function readEvents(text: string): readonly Wanted[] {
  const events: Wanted[] = [];
  for (const part of text.split(',')) {
    const [word = ''] = part.split(':', 1);
    const last = events.at(-1);
    // `0 6 * * 1,3` is one time.
    if (last?.name === 'schedule' && !EVENT_NAMES.includes(word.trim()))
      events[events.length - 1] = { ...last, detail: `${last.detail ?? ''},${part.trimEnd()}` };
    else if (part.trim() !== '')
      events.push({
        name: word.trim(),
        detail: word === part ? undefined : part.slice(word.length + 1).trim() || undefined,
      });
  }
  return events;
}

function filterOf(name: string, details: readonly string[], dispatch: MappingNode): Result<Node, string> {
  if (name === CALLED) return err('a workflow of tasks cannot be called by another: it has the name of that one then');
  if (name === 'schedule') return scheduleOf(details);
  if (name === 'workflow_run') {
    if (details.length === 0) return err('workflow_run wants a workflow: --event "workflow_run:Build"');
    return ok(mapping({ workflows: sequence(details.map(scalar)), types: sequence([scalar('completed')]) }));
  }
  if (BRANCHED.includes(name)) return branchesOf(details);
  if (details.length > 0) return err(`${quote(name)} takes no branches`);
  return ok(name === 'workflow_dispatch' ? (dispatch.entries[0]?.value ?? scalar(null)) : scalar(null));
}

function branchesOf(details: readonly string[]): Result<Node, string> {
  if (details.length === 0) return ok(scalar(null));
  const branches = details.flatMap((detail) => detail.split(/\s+/));
  if (branches.every((branch) => branch.startsWith('!')))
    return err(`a pattern with "!" takes back what another one chose: --event "push:** ${branches.join(' ')}"`);
  return ok(mapping({ branches: sequence(branches.map(scalar)) }));
}

function scheduleOf(times: readonly string[]): Result<Node, string> {
  if (times.length === 0) return err('a schedule wants its time: --event "schedule:0 6 * * 1-5"');
  const wrong = times.find((time) => !isCron(time));
  if (wrong !== undefined)
    return err(`${quote(wrong)} is no time of a schedule: minute, hour, day of the month, month, day of the week`);
  return ok(sequence(times.map((time) => mapping({ cron: scalar(time) }))));
}
