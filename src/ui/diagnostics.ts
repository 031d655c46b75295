/** Diagnostics for people, for programs and for GitHub's annotations. */
import { Chalk, type ChalkInstance } from 'chalk';
import { cleanText, plural } from '../reports/index.ts';
import { type Diagnostic, githubPlace, type Severity } from '../shared/diagnostic.ts';
import type { SourceLocation } from '../shared/source.ts';
import { excerptOf } from './excerpt.ts';
import { safeJson } from './safe-json.ts';

export type DiagnosticFormat = 'text' | 'json' | 'github';

export interface DiagnosticView {
  /** The text of each file by the name that diagnostics call it; without it there is no excerpt. */
  readonly sources?: ReadonlyMap<string, string>;
  /** Without colour when absent. */
  readonly chalk?: ChalkInstance;
  /** How wide excerpts may be; 100 when absent. */
  readonly columns?: number;
}

/** Sorted by file and place, ending in a line break; empty when there is nothing to say, save as JSON. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  format: DiagnosticFormat = 'text',
  view: DiagnosticView = {},
): string {
  const sorted = inOrder(diagnostics);
  switch (format) {
    case 'text':
      return renderText(sorted, view);
    case 'json':
      return renderJson(sorted);
    case 'github':
      return sorted.map((diagnostic) => `${renderAnnotation(diagnostic)}\n`).join('');
  }
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, notice: 2 };

/** Files in the order they first appear; what concerns a whole file comes before its lines, a notice at the end. */
function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = [...new Set(diagnostics.map(({ at }) => at?.file))];
  const position = ({ at, severity }: Diagnostic): readonly number[] => {
    const start = at?.range?.start;
    const closing = start === undefined && severity === 'notice' ? Number.MAX_SAFE_INTEGER : 0;
    return [files.indexOf(at?.file), start?.line ?? closing, start?.column ?? 0, RANK[severity]];
  };
  return diagnostics.toSorted((a, b) => compareLists(position(a), position(b)));
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, i) => value !== b[i]);
  return index === -1 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

interface Printer {
  readonly chalk: ChalkInstance;
  readonly sources: ReadonlyMap<string, string>;
  readonly columns: number;
}

function renderText(diagnostics: readonly Diagnostic[], view: DiagnosticView): string {
  if (diagnostics.length === 0) return '';
  const printer: Printer = {
    chalk: view.chalk ?? new Chalk({ level: 0 }),
    sources: view.sources ?? new Map(),
    columns: Math.max(40, view.columns ?? 100),
  };
  const blocks = diagnostics.map((diagnostic) => renderBlock(diagnostic, printer).join('\n'));
  return `${blocks.join('\n\n')}\n\n${printer.chalk.bold(countsOf(diagnostics))}\n`;
}

function renderBlock(diagnostic: Diagnostic, printer: Printer): readonly string[] {
  const { chalk } = printer;
  const { at, hint, related = [] } = diagnostic;
  const paint = { error: chalk.red, warning: chalk.yellow, notice: chalk.cyan }[diagnostic.severity];
  return [
    ...(diagnostic.wording === 'github' ? githubHead(diagnostic, chalk) : [ownHead(diagnostic, printer, paint)]),
    ...renderExcerpt(at, printer, paint),
    ...(hint === undefined ? [] : [`  ${chalk.green('hint')}: ${cleanText(hint)}`]),
    ...related.flatMap((other) => [
      `  ${chalk.bold(placeOf(other.at))}: ${cleanText(other.message)}`,
      ...renderExcerpt(other.at, printer, chalk.cyan),
    ]),
  ];
}

function ownHead({ severity, code, message, at }: Diagnostic, { chalk }: Printer, paint: ChalkInstance): string {
  const place = at === undefined ? '' : `${chalk.bold(placeOf(at))}: `;
  return `${place}${paint.bold(severity)}: ${cleanText(message)} ${chalk.dim(`[${code}]`)}`;
}

/** GitHub's own line, to be compared and searched for as it is; below it the place as terminals make links of it. */
function githubHead({ code, message, at }: Diagnostic, chalk: ChalkInstance): readonly string[] {
  const place = cleanText(githubPlace(at));
  return [
    `${place === '' ? '' : `${chalk.bold(place)} `}${chalk.red(cleanText(message))}`,
    chalk.dim(`  --> ${at === undefined ? '' : `${placeOf(at)} `}[${code}]`),
  ];
}

function renderExcerpt(at: SourceLocation | undefined, printer: Printer, paint: ChalkInstance): readonly string[] {
  const text = at === undefined ? undefined : printer.sources.get(at.file);
  if (at?.range === undefined || text === undefined) return [];
  const number = String(at.range.start.line).padStart(5);
  const excerpt = excerptOf(text, at.range, printer.columns - number.length - 3);
  if (excerpt === undefined) return [];
  const bar = printer.chalk.dim('|');
  return [
    `${printer.chalk.dim(number)} ${bar} ${excerpt.line}`.trimEnd(),
    `${' '.repeat(number.length)} ${bar} ${excerpt.marks.replace(/\^+/, (marks) => paint(marks))}`,
  ];
}

/** `file:line:column`, as editors and terminals make links of it. */
function placeOf({ file, range }: SourceLocation): string {
  const name = cleanText(file);
  return range === undefined ? name : `${name}:${range.start.line}:${range.start.column}`;
}

/** `3 errors, 1 warning in FILE`. */
function countsOf(diagnostics: readonly Diagnostic[]): string {
  const counts = (['error', 'warning', 'notice'] as const).flatMap((severity) => {
    // What says that more is not shown is no finding of its own.
    const count = diagnostics.filter((other) => other.severity === severity && other.code !== 'more-errors').length;
    return count === 0 ? [] : [plural(count, severity)];
  });
  const files = [...new Set(diagnostics.flatMap(({ at }) => at?.file ?? []))];
  const [only] = files;
  const where = only === undefined ? '' : ` in ${files.length === 1 ? cleanText(only) : plural(files.length, 'file')}`;
  return `${counts.join(', ')}${where}`;
}

function renderJson(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity): number => diagnostics.filter((other) => other.severity === severity).length;
  return `${safeJson({ errors: count('error'), warnings: count('warning'), diagnostics })}\n`;
}

/** One workflow command; GitHub drops columns of a range that spans lines, so only lines are given there. */
function renderAnnotation({ severity, code, message, at, hint }: Diagnostic): string {
  const range = at?.range;
  const oneLine = range !== undefined && range.start.line === range.end.line;
  const properties: readonly (readonly [string, string | number | undefined])[] = [
    ['file', at?.file],
    ['line', range?.start.line],
    ['endLine', range?.end.line],
    ['col', oneLine ? range.start.column : undefined],
    ['endColumn', oneLine ? range.end.column : undefined],
    ['title', code],
  ];
  const given = properties.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${escapeProperty(value)}`],
  );
  const text = hint === undefined ? message : `${message} (${hint})`;
  return `::${severity} ${given.join(',')}::${escapeData(cleanText(`${githubPlace(at)}${text}`))}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(value: string | number): string {
  const escaped = escapeData(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return escaped.replace(/\p{Cc}/gu, '');
}
