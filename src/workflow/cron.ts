/** The five fields of a schedule: whether they are sound, and how often they come round. */

interface Field {
  readonly min: number;
  readonly max: number;
  /** The name of `min`, then of the numbers after it. */
  readonly names: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const MINUTE: Field = { min: 0, max: 59, names: [] };
const FIELDS: readonly Field[] = [
  MINUTE,
  { min: 0, max: 23, names: [] },
  { min: 1, max: 31, names: [] },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];

/** Minute, hour, day of the month, month and day of the week, as GitHub accepts them. */
export function isCron(text: string): boolean {
  const parts = text.trim().split(/\s+/);
  return (
    parts.length === FIELDS.length && FIELDS.every((field, index) => readField(parts[index] ?? '', field) !== undefined)
  );
}

/** The fewest minutes between two starts within a day; 60 when there is one an hour or fewer. Undefined when unsound. */
export function shortestInterval(text: string): number | undefined {
  if (!isCron(text)) return undefined;
  const minutes = readField(text.trim().split(/\s+/)[0] ?? '', MINUTE) ?? [];
  const sorted = [...new Set(minutes)].toSorted((a, b) => a - b);
  const gaps = sorted.map((minute, index) => (sorted[index + 1] ?? (sorted[0] ?? 0) + 60) - minute);
  return Math.min(60, ...gaps);
}

/** The numbers that the field stands for. */
function readField(text: string, field: Field): readonly number[] | undefined {
  const parts = text.split(',').map((part) => readPart(part, field));
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

/** `*`, `5`, `1-5`, and each of them with `/2` behind it. */
function readPart(text: string, field: Field): readonly number[] | undefined {
  const [range, step, ...rest] = text.split('/');
  if (range === undefined || rest.length > 0) return undefined;
  const numbers = readRange(range, field);
  if (step === undefined || numbers === undefined) return numbers;
  const width = readNumber(step, { ...field, min: 1, names: [] });
  if (width === undefined) return undefined;
  const [first] = numbers;
  // `5/15` begins at 5 and goes on to the end.
  const whole = numbers.length === 1 && first !== undefined ? span(first, field.max) : numbers;
  return whole.filter((_, index) => index % width === 0);
}

function readRange(text: string, field: Field): readonly number[] | undefined {
  if (text === '*') return span(field.min, field.max);
  const [from, to, ...rest] = text.split('-').map((part) => readNumber(part, field));
  if (from === undefined || rest.length > 0) return undefined;
  if (!text.includes('-')) return [from];
  return to === undefined || to < from ? undefined : span(from, to);
}

function readNumber(text: string, { min, max, names }: Field): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  if (named !== -1) return min + named;
  if (!/^\d{1,3}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= min && number <= max ? number : undefined;
}

function span(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
