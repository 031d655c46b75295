/** `on`: the events, whether they are written as a word, a list or a mapping, and what GitHub asks of each. */
import { isCron, shortestInterval } from '../cron.ts';
import type { MappingNode, Node, TextNode } from '../model.ts';
import { entriesOf, entryOf, itemsOf, keyText, textOf, textsOf } from '../nodes.ts';
import { checkCallDefinitions } from './call-definitions.ts';
import { checkDispatchInputs } from './dispatch-inputs.ts';
import type { Faults } from './faults.ts';

/** Event names to their filters and inputs; a bare name stands for no filter at all. */
export function readEvents(node: Node | undefined): MappingNode {
  if (node === undefined) return { kind: 'mapping', entries: [] };
  if (node.kind === 'mapping') return node;
  const entries = textsOf(node).map((name) => ({ key: name, value: noFilter(name) }));
  return { kind: 'mapping', entries, ...(node.at ? { at: node.at } : {}) };
}

function noFilter(name: TextNode): Node {
  return { kind: 'scalar', value: null, ...(name.at ? { at: name.at } : {}) };
}

export function checkEvents(on: MappingNode, faults: Faults): void {
  for (const { key, value } of on.entries) {
    checkFilters(value, faults);
    switch (keyText(key)) {
      case 'schedule':
        checkSchedule(value, faults);
        break;
      case 'workflow_dispatch':
        checkDispatchInputs(value, faults);
        break;
      case 'workflow_call':
        checkCallDefinitions(value, faults);
        break;
    }
  }
}

const FILTERS = ['branches', 'tags', 'paths'];

function checkFilters(event: Node, faults: Faults): void {
  for (const name of FILTERS) {
    const only = entryOf(event, name);
    const ignored = entryOf(event, `${name}-ignore`);
    if (only !== undefined && ignored !== undefined) {
      const later = entriesOf(event).indexOf(only) < entriesOf(event).indexOf(ignored) ? ignored : only;
      const message = `you may only define one of \`${name}\` and \`${name}-ignore\` for a single event`;
      faults.error('filter-conflict', message, later.key, `\`${name}\` can leave out too: '!pattern'`);
    }
    const patterns = textsOf(only?.value);
    if (patterns.length > 0 && patterns.every(({ value }) => value.startsWith('!'))) {
      const message = `\`${name}\` has only patterns that leave out, so that nothing matches`;
      faults.warning('filter-matches-nothing', message, only?.value);
    }
  }
}

/** GitHub starts nothing more often. */
const SHORTEST_INTERVAL = 5;

function checkSchedule(schedule: Node, faults: Faults): void {
  for (const item of itemsOf(schedule)) {
    const cron = textOf(entryOf(item, 'cron')?.value);
    if (cron !== undefined && cron.value !== '') checkCron(cron, faults);
    const zone = textOf(entryOf(item, 'timezone')?.value);
    if (zone !== undefined && zone.value !== '' && !isTimeZone(zone.value)) {
      faults.error('bad-timezone', `'${zone.value}' is not a time zone of the IANA database`, zone);
    }
  }
}

function checkCron(cron: TextNode, faults: Faults): void {
  if (!isCron(cron.value)) {
    const message = "Invalid cron expression. Expected format: '* * * * *' (minute hour day month weekday)";
    faults.error('bad-cron', message, cron);
  } else if ((shortestInterval(cron.value) ?? SHORTEST_INTERVAL) < SHORTEST_INTERVAL) {
    const message = `GitHub starts scheduled workflows every ${SHORTEST_INTERVAL} minutes at most`;
    faults.warning('frequent-cron', message, cron);
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    // Offsets such as `+02:00` have no daylight saving and are no names of zones.
    return /^[A-Za-z]/.test(name);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
