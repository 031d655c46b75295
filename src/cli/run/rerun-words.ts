/** What a rerun has to be told again, as the words of a command line: the file, and the options that shape the tasks. */
import { isAbsolute, relative, resolve } from 'node:path';
import type { RunOptions } from './setup.ts';

/**
 * `root`: of the repository. Paths come out so that the command works there, and anywhere when it was not typed there.
 * Where tasks start from is not repeated, since a rerun knows it; nor is the value of a secret.
 */
export function rerunWords(options: RunOptions, root: string, cwd = process.cwd()): readonly string[] {
  const path = pathWord(root, cwd);
  const { config, only, maxParallel, onFailure } = options;
  return [
    ...(config === undefined ? [] : [path(config)]),
    ...(only === undefined ? [] : ['--only', ...only]),
    ...(maxParallel === undefined ? [] : ['--max-parallel', maxParallel]),
    ...(onFailure === undefined ? [] : ['--on-failure', onFailure]),
    ...valueWords(options, path),
  ];
}

/** The same of a framework review: the run that it is about, and the options. */
export function reviewWords(
  options: ValueOptions & Pick<RunOptions, 'config'>,
  reviewed: string,
  root: string,
): readonly string[] {
  const path = pathWord(root, process.cwd());
  const { config } = options;
  return [reviewed, ...(config === undefined ? [] : ['--config', path(config)]), ...valueWords(options, path)];
}

type ValueOptions = Pick<RunOptions, 'input' | 'var' | 'secret' | 'secretFile' | 'envFile'>;

function pathWord(root: string, cwd: string): (typed: string) => string {
  return (typed) => {
    const file = resolve(cwd, typed);
    const short = relative(root, file);
    return resolve(cwd) === resolve(root) && !isAbsolute(short) && !short.startsWith('..') ? short : file;
  };
}

function valueWords(options: ValueOptions, path: (typed: string) => string): readonly string[] {
  const each = (flag: string, values: readonly string[] | undefined): string[] =>
    (values ?? []).flatMap((value) => [flag, value]);
  return [
    ...each('--input', options.input),
    ...each('--var', options.var),
    ...each(
      '--secret',
      options.secret?.map((text) => text.replace(/=.*/s, '')),
    ),
    ...each('--secret-file', options.secretFile?.map(path)),
    ...each('--env-file', options.envFile?.map(path)),
  ];
}
