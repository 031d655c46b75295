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
  for (const name of new Set(wanted.map((event) => event.name))) {
    const details = wanted.flatMap((event) => (event.name === name && event.detail ? [event.detail] : []));
    const value = filterOf(name, details, dispatch);
    if (!value.ok) return value;
    entries.set(name, { key: scalar(name), value: value.value });
  }
  const own = dispatch.entries[0];
  const hasInputs = own?.value.kind === 'mapping';
  if (own !== undefined && (hasInputs || wanted.length === 0)) entries.set('workflow_dispatch', own);
  return ok({ kind: 'mapping', entries: [...entries.values()] });
}

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
  switch (name) {
    case 'workflow_dispatch':
      return ok(dispatch.entries[0]?.value ?? scalar(null));
    case 'schedule':
      return scheduleOf(details);
    case 'workflow_run':
      if (details.length === 0) return err('workflow_run wants a workflow: --event "workflow_run:Build"');
      return ok(mapping({ workflows: sequence(details.map(scalar)), types: sequence([scalar('completed')]) }));
    case 'push':
    case 'pull_request':
    case 'pull_request_target':
      if (details.length === 0) return ok(scalar(null));
      return ok(mapping({ branches: sequence(details.flatMap((detail) => detail.split(/\s+/)).map(scalar)) }));
    default:
      return details.length === 0 ? ok(scalar(null)) : err(`${quote(name)} takes no branches`);
  }
}

function scheduleOf(times: readonly string[]): Result<Node, string> {
  if (times.length === 0) return err('a schedule wants its time: --event "schedule:0 6 * * 1-5"');
  const wrong = times.find((time) => !isCron(time));
  if (wrong !== undefined)
    return err(`${quote(wrong)} is no time of a schedule: minute, hour, day of the month, month, day of the week`);
  return ok(sequence(times.map((time) => mapping({ cron: scalar(time) }))));
}
