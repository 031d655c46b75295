/** `::notice::`, `::warning::` and `::error::`: an annotation from the properties of a command. */
import { posix, win32 } from 'node:path';
import type { Severity } from '../../shared/diagnostic.ts';
import { type Annotation, annotate, type CommandEffect } from './effects.ts';
import type { WrittenCommand } from './syntax.ts';

export interface Checkout {
  /** GITHUB_WORKSPACE. */
  readonly workspace: string;
  readonly platform: NodeJS.Platform;
}

interface Span {
  line?: number | undefined;
  endLine?: number | undefined;
  column?: number | undefined;
  endColumn?: number | undefined;
}

/** What cannot be placed loses its place and stays an annotation. */
export function annotationEffects(command: WrittenCommand, level: Severity, checkout: Checkout): CommandEffect[] {
  const { properties } = command;
  const { span, notes } = checkSpan(level, {
    line: toInteger(properties.get('line')),
    endLine: toInteger(properties.get('endline')),
    column: toInteger(properties.get('col')),
    endColumn: toInteger(properties.get('endcolumn')),
  });
  const file = properties.get('file');
  const title = properties.get('title');
  const annotation: Annotation = {
    level,
    message: command.data,
    ...(title === undefined ? {} : { title }),
    ...(file === undefined ? {} : { file: relativeToWorkspace(file, checkout) }),
    ...definedOnly(span),
  };
  return [...notes.map((message) => ({ type: 'debug', message }) as const), annotate(annotation)];
}

/** GitHub's rules for lines and columns that do not go together. */
function checkSpan(level: Severity, given: Span): { readonly span: Span; readonly notes: readonly string[] } {
  const span = { ...given };
  const notes: string[] = [];
  const note = (text: string): void => void notes.push(`Invalid ${level} command value. ${text}`);
  const dropColumns = (): void => {
    span.column = undefined;
    span.endColumn = undefined;
  };
  if (span.endLine !== undefined && span.line === undefined) {
    note(`'endLine' can only be set if 'line' is provided`);
    span.line = span.endLine;
  }
  if (span.endColumn !== undefined && span.column === undefined) {
    note(`'endColumn' can only be set if 'col' is provided`);
    span.column = span.endColumn;
  }
  if (span.line === undefined && span.column !== undefined) {
    note(`'col' and 'endColumn' can only be set if 'line' value is provided.`);
    dropColumns();
  }
  if (span.endLine !== undefined && span.endLine !== span.line && span.column !== undefined) {
    note(`'col' and 'endColumn' cannot be set if 'line' and 'endLine' are different values.`);
    dropColumns();
  }
  if (isBefore(span.endLine, span.line)) {
    note(`'endLine' cannot be less than 'line'.`);
    span.line = undefined;
    span.endLine = undefined;
  }
  if (isBefore(span.endColumn, span.column)) {
    note(`'endColumn' cannot be less than 'col'.`);
    dropColumns();
  }
  return { span, notes };
}

function isBefore(end: number | undefined, start: number | undefined): boolean {
  return end !== undefined && start !== undefined && end < start;
}

function toInteger(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*[+-]?\d{1,10}\s*$/.test(text) ? Number(text) : undefined;
}

function definedOnly(span: Span): Pick<Annotation, 'line' | 'endLine' | 'column' | 'endColumn'> {
  return Object.fromEntries(Object.entries(span).filter(([, value]) => value !== undefined));
}

/** A path inside the workspace becomes relative to it; any other stays as it is. */
function relativeToWorkspace(file: string, { workspace, platform }: Checkout): string {
  const path = platform === 'win32' ? win32 : posix;
  if (!path.isAbsolute(file)) return file;
  const relative = path.relative(workspace, file);
  if (relative === '' || relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative))
    return file;
  return relative.replaceAll(path.sep, '/');
}
