/** What a rerun has to be told again, as the words of a command line: the file, and the options that shape the tasks. */
import { isAbsolute, relative, resolve } from 'node:path';
import type { RunOptions } from './setup.ts';

/**
 * `root`: of the repository. Paths come out so that the command works there, and anywhere when it was not typed there.
 * Where tasks start from is not repeated, since a rerun knows it; nor is the value of a secret.
 */
export function rerunWords(options: RunOptions, root: string, cwd = process.cwd()): readonly string[] {
  const path = (typed: string): string => {
    const file = resolve(cwd, typed);
    const short = relative(root, file);
    return resolve(cwd) === resolve(root) && !isAbsolute(short) && !short.startsWith('..') ? short : file;
  };
  const each = (flag: string, values: readonly string[] | undefined): string[] =>
    (values ?? []).flatMap((value) => [flag, value]);
  const { config, only, maxParallel, onFailure } = options;
  return [
    ...(config === undefined ? [] : [path(config)]),
    ...(only === undefined ? [] : ['--only', ...only]),
    ...(maxParallel === undefined ? [] : ['--max-parallel', maxParallel]),
    ...(onFailure === undefined ? [] : ['--on-failure', onFailure]),
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
