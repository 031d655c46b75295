/** Takes secrets out of what a job reports, before it becomes an event that any sink can see. */

/**
 * Where people's and programs' words are; `file` is that of an annotation. Ids, commits, branches and codes are ours
 * and never touched.
 */
const TEXT: ReadonlySet<string> = new Set([
  'message',
  'hint',
  'details',
  'seen',
  'subject',
  'shown',
  'warnings',
  'name',
  'outputs',
  'title',
  'lastLines',
  'markdown',
  'file',
  'mime',
]);

/** The same value with every text in it masked, however deep; anything else is handed on as it is. */
export function maskTexts<T>(value: T, mask: (text: string) => string): T {
  return walk(value, mask, false) as T;
}

function walk(value: unknown, mask: (text: string) => string, isText: boolean): unknown {
  if (typeof value === 'string') return isText ? mask(value) : value;
  if (Array.isArray(value)) return value.map((item) => walk(item, mask, isText));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    walk(inner, mask, isText || isTextKey(key, value)),
  ]);
  return Object.fromEntries(entries);
}

function isTextKey(key: string, owner: object): boolean {
  // The path of an artifact is a file name that the task chose; other paths are ours.
  return TEXT.has(key) || (key === 'path' && 'bytes' in owner && !('sha256' in owner));
}
