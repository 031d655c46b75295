/** Paths and patterns: all stay inside the repository, and a prompt is there to be read. */
import type { Node } from '../../workflow/index.ts';
import { type Text, textOf, textsOf, valueOf } from '../nodes.ts';
import { type FileView, type Finding, taskMappings, textEntry } from '../view.ts';
import { quote } from '../wording.ts';

/** Tells what a path relative to the repository's root is. */
export type PathProbe = (path: string) => 'file' | 'missing' | 'not-a-file' | 'outside';

/** Why a path is not one inside the repository; undefined when it is. Purely by its text. */
function faultOfPath(path: string): string | undefined {
  if (/^([/\\]|[A-Za-z]:[/\\]|~)/.test(path)) return 'must be relative to the root of the repository';
  if (/\p{Cc}/u.test(path)) return 'must not hold control characters';
  const parts: string[] = [];
  for (const part of path.split(/[/\\]/)) {
    if (part === '..' && parts.pop() === undefined) return 'leads out of the repository';
    if (part !== '' && part !== '.' && part !== '..') parts.push(part);
  }
  if (parts[0]?.toLowerCase() === '.git') return 'lies inside .git';
  return undefined;
}

function isRoot(path: string): boolean {
  return path.split(/[/\\]/).every((part) => part === '' || part === '.');
}

function checkPath(key: string, path: Text): readonly Finding[] {
  const fault = faultOfPath(path.text);
  if (fault === undefined) return [];
  return [{ code: 'path-outside', message: `${quote(path.text)} in ${quote(key)} ${fault}`, at: path.node.at }];
}

export function checkPaths(view: FileView): readonly Finding[] {
  const worktrees = valueOf(view.root, 'worktrees');
  const shared = ['copy', 'link'].flatMap((key) =>
    textsOf(valueOf(worktrees, key)).flatMap((path) => checkShared(`worktrees.${key}`, path)),
  );
  const directories = taskMappings(view).flatMap((mapping) => {
    const path = textEntry(mapping, 'working_directory');
    return path === undefined ? [] : checkPath('working_directory', path);
  });
  const notes = taskMappings(view).flatMap((mapping) =>
    textsOf(valueOf(mapping, 'notes')).flatMap((path) => checkShared('notes', path)),
  );
  return [...shared, ...directories, ...notes, ...checkWorktreeRoot(valueOf(worktrees, 'root'))];
}

function checkShared(key: string, path: Text): readonly Finding[] {
  const faults = checkPath(key, path);
  if (faults.length > 0 || !isRoot(path.text)) return faults;
  return [{ code: 'path-outside', message: `${quote(key)} cannot name the whole repository`, at: path.node.at }];
}

/** Tools look for configuration and node_modules in the directories above, and would find the main checkout's. */
function checkWorktreeRoot(node: Node | undefined): readonly Finding[] {
  const root = textOf(node);
  if (root === undefined) return [];
  if (/^~(?!\/)/.test(root.text)) {
    return [
      {
        code: 'path-outside',
        message: `${quote(root.text)} in "worktrees.root" is no directory that orch knows`,
        at: root.node.at,
        hint: 'of paths with a tilde only ~/… is known, below your home directory',
      },
    ];
  }
  if (faultOfPath(root.text) !== undefined) return [];
  return [
    {
      severity: 'warning',
      code: 'nested-worktrees',
      message: 'worktrees inside the repository confuse tools that search the directories above',
      at: root.node.at,
      hint: 'leave out "worktrees.root" or name a directory outside',
    },
  ];
}

/** A prompt that is not there would be noticed by the agent alone, hours later. */
export function checkPrompts(view: FileView, probe: PathProbe): readonly Finding[] {
  return taskMappings(view).flatMap((mapping) => {
    const prompt = textEntry(mapping, 'prompt');
    if (prompt === undefined || prompt.text === '') return [];
    const faults = checkPath('prompt', prompt);
    return faults.length > 0 ? faults : checkPromptFile(prompt, probe);
  });
}

function checkPromptFile(prompt: Text, probe: PathProbe): readonly Finding[] {
  const at = prompt.node.at;
  switch (probe(prompt.text)) {
    case 'file':
      return [];
    case 'missing':
      return [
        {
          code: 'prompt-missing',
          message: `the prompt ${quote(prompt.text)} does not exist`,
          at,
          hint: 'paths are relative to the root of the repository',
        },
      ];
    case 'not-a-file':
      return [{ code: 'prompt-missing', message: `the prompt ${quote(prompt.text)} is not a regular file`, at }];
    case 'outside':
      return [{ code: 'path-outside', message: `the prompt ${quote(prompt.text)} leads out of the repository`, at }];
  }
}

export function checkGlobs(view: FileView): readonly Finding[] {
  return taskMappings(view).flatMap((mapping) =>
    ['expect', 'artifacts'].flatMap((key) =>
      textsOf(valueOf(mapping, key)).flatMap((glob) => {
        const fault = faultOfGlob(glob.text);
        if (fault === undefined) return [];
        const message = `the pattern ${quote(glob.text)} in ${quote(key)} ${fault}`;
        return { code: 'bad-glob', message, at: glob.node.at };
      }),
    ),
  );
}

function faultOfGlob(glob: string): string | undefined {
  if (glob === '') return undefined; // said by the schema
  if (/^\s|\s$/.test(glob)) return 'begins or ends with a space';
  if (glob.startsWith('!')) return 'is negated; say what must be there';
  if (glob.includes('\\')) return 'holds a backslash; separate directories by /';
  return faultOfPath(glob) ?? faultOfBrackets(glob);
}

/** Brackets and braces must close; a pattern that ends inside one matches nothing, silently. */
function faultOfBrackets(glob: string): string | undefined {
  let braces = 0;
  for (let i = 0; i < glob.length; i++) {
    const char = glob[i];
    if (char === '[') {
      // A ] that comes first, after an optional negation, stands for itself.
      const from = i + (/^\[[!^]?\]/.exec(glob.slice(i, i + 3))?.[0].length ?? 1);
      const end = glob.indexOf(']', from);
      if (end === -1) return 'has a [ that is not closed';
      i = end;
    } else if (char === '{') braces++;
    else if (char === '}' && --braces < 0) return 'has a } without a {';
  }
  return braces > 0 ? 'has a { that is not closed' : undefined;
}
