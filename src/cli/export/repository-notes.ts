/** What a repository has beside its tasks that a checkout on GitHub leaves out. */
import type { HostPath } from '../../shared/brand.ts';
import type { Diagnostic } from '../../shared/diagnostic.ts';
import { readFile } from '../../store/index.ts';

const SIGNS: readonly { readonly file: string; readonly sign: RegExp; readonly message: string }[] = [
  {
    file: '.worktreeinclude',
    sign: /^\s*[^#\s]/m,
    message: 'a runner has none of the ignored files that .worktreeinclude names',
  },
  {
    file: '.gitmodules',
    sign: /^\s*\[submodule\s/m,
    message: 'the checkout on GitHub fetches no submodules, whose folders are empty then',
  },
  {
    file: '.gitattributes',
    sign: /^\s*[^#\s].*\sfilter=lfs\b/m,
    message: 'the checkout on GitHub fetches no files of Git LFS, but what points to them',
  },
];

/** Of what is in the working tree now. */
export function repositoryNotes(root: HostPath): readonly Diagnostic[] {
  return SIGNS.filter(({ file, sign }) => sign.test(readFile(root, file) ?? '')).map(({ file, message }) => ({
    severity: 'warning',
    code: 'differs-on-github',
    message,
    at: { file },
  }));
}
