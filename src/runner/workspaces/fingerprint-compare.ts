/** Tells two lists of named digests apart, in words. */
const SHOWN = 10;

/** `added a, changed b, removed c`; undefined when the lists are equal. */
export function compareMaps(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string | undefined {
  const added = [...after.keys()].filter((key) => !before.has(key));
  const changed = [...after].filter(([key, value]) => before.has(key) && before.get(key) !== value).map(([key]) => key);
  const removed = [...before.keys()].filter((key) => !after.has(key));
  const parts = [phrase('added', added), phrase('changed', changed), phrase('removed', removed)];
  const said = parts.filter((part) => part !== '').join('; ');
  return said === '' ? undefined : said;
}

function phrase(verb: string, keys: readonly string[]): string {
  if (keys.length === 0) return '';
  const rest = keys.length > SHOWN ? ` and ${keys.length - SHOWN} more` : '';
  const named = keys.toSorted().slice(0, SHOWN).map(printable).join(', ');
  return `${verb} ${named}${rest}`;
}

/** A task chose these names. */
function printable(key: string): string {
  return key.replace(/\p{Cc}/gu, '?');
}
