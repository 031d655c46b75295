/** Names: one task a name, one item a name in lists of names. */
import type { Node } from '../../workflow/index.ts';
import { type Text, textsOf, valueOf } from '../nodes.ts';
import { type FileView, type Finding, taskMappings } from '../view.ts';
import { quote } from '../wording.ts';

/** Task names must be unique without regard to case, since branches and logs are named after them. */
export function checkTaskNames(view: FileView): readonly Finding[] {
  const first = new Map<string, Text>();
  return view.tasks.flatMap(({ name }) => {
    if (name === undefined) return [];
    const before = first.get(name.text.toLowerCase());
    if (before === undefined) {
      first.set(name.text.toLowerCase(), name);
      return [];
    }
    const exact = before.text === name.text;
    return {
      code: 'duplicate-name',
      message: exact
        ? `two tasks are called ${quote(name.text)}`
        : `the names ${quote(before.text)} and ${quote(name.text)} differ in case alone`,
      at: name.node.at,
      related: [{ message: 'first used here', at: before.node.at }],
    };
  });
}

/** Lists of names, and whether case tells two names apart. */
const LISTS: readonly { readonly key: string; readonly caseless: boolean }[] = [
  { key: 'depends_on', caseless: true },
  { key: 'outputs', caseless: true },
  { key: 'secrets', caseless: true },
  { key: 'env_from', caseless: false },
  { key: 'expect', caseless: false },
  { key: 'artifacts', caseless: false },
];

/** An item written twice does no harm but is hardly meant. */
export function checkRepeatedItems(view: FileView): readonly Finding[] {
  const lists = [view.root, ...taskMappings(view)].flatMap((mapping) =>
    LISTS.map(({ key, caseless }) => ({ key, caseless, list: valueOf(mapping, key) })),
  );
  return lists.flatMap(({ key, caseless, list }) => repeatedItems(key, caseless, list));
}

function repeatedItems(key: string, caseless: boolean, list: Node | undefined): readonly Finding[] {
  const seen = new Set<string>();
  return textsOf(list).flatMap((item) => {
    const name = caseless ? item.text.toLowerCase() : item.text;
    const repeated = seen.has(name);
    seen.add(name);
    if (!repeated) return [];
    const message = `${quote(item.text)} stands twice in ${quote(key)}`;
    return { severity: 'warning', code: 'repeated-item', message, at: item.node.at };
  });
}
