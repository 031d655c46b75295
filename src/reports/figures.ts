/** Numbers and moments as reports write them: in one fixed form, whatever the locale and the time zone. */

/** `2026-11-22 03:12:04`, in UTC; a text that is no ISO time is given back as it is. */
export function formatTime(iso: string): string {
  const parts = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d+)?Z$/.exec(iso);
  return parts ? `${parts[1]} ${parts[2]}` : iso;
}

/** `1 task`, `3 tasks`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The first twelve digits of a commit's id. */
export function shortCommit(id: string): string {
  return id.slice(0, 12);
}
