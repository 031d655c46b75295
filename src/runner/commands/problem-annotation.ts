/** A problem that a matcher found becomes an annotation, unless GitHub would pass it over. */
import { posix, win32 } from 'node:path';
import { type Annotation, annotate, type CommandEffect } from './effects.ts';
import { type Problem, problemLevel } from './match-problem.ts';

export interface ProblemPlace {
  readonly workspace: string;
  readonly platform: NodeJS.Platform;
  /**
   * The path below the checkout of the workflow's own repository that this absolute path lies in, with `/`; a sentence
   * about why not otherwise.
   */
  readonly repositoryFile: (path: string) => RepositoryFile;
}

export type RepositoryFile = { readonly file: string } | { readonly dropped: string };

/** The log shows `line`. Without an annotation among the effects the line is output like any other. */
export function problemEffects(problem: Problem, line: string, place: ProblemPlace): CommandEffect[] {
  if (isBlank(problem.message)) {
    return [debug('Skipping logging an issue for the matched line because the message is empty.')];
  }
  const level = problemLevel(problem.severity ?? '');
  if (level === undefined) {
    return [
      debug(
        `Skipped logging an issue for the matched line because the severity '${problem.severity}' is not supported.`,
      ),
    ];
  }
  const notes: CommandEffect[] = [];
  const number = (name: string, text: string | undefined): number | undefined => {
    if (!text) return undefined;
    if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 31) return Number(text);
    notes.push(debug(`Unable to parse ${name} number '${text}'`));
    return undefined;
  };
  const annotation: Annotation = {
    level,
    message: problem.message ?? '',
    ...optional('line', number('line', problem.line)),
    ...optional('column', number('column', problem.column)),
    ...optional('code', isBlank(problem.code) ? undefined : problem.code?.trim()),
    ...optional('file', locate(problem, place, notes)),
  };
  return [...notes, annotate(annotation, line)];
}

function locate(problem: Problem, place: ProblemPlace, notes: CommandEffect[]): string | undefined {
  const { file = '', fromPath = '' } = problem;
  if (isBlank(file) || file.includes('\0')) return undefined;
  const path = place.platform === 'win32' ? win32 : posix;
  const directory = isBlank(fromPath) ? '' : path.dirname(fromPath);
  const found = place.repositoryFile(path.resolve(place.workspace, directory, file));
  if ('file' in found) return found.file;
  notes.push(debug(found.dropped));
  return undefined;
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === '';
}

function debug(message: string): CommandEffect {
  return { type: 'debug', message };
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]?: Value });
}
