/** Turns a path that a user wrote into one inside the working tree, or refuses it. */
import { type HostPath, hostPath } from '../shared/brand.ts';

/**
 * The absolute path for `path`, relative to `root` or absolute below it; undefined when it leaves `root`.
 * Only the text is judged: links inside the tree are the task's own affair, since its command may go where it likes.
 */
export function pathInside(root: HostPath, path: string): HostPath | undefined {
  if (path.includes('\0')) return undefined;
  if (path.startsWith('/')) {
    if (path !== root && !path.startsWith(`${root}/`)) return undefined;
    return pathInside(root, path.slice(root.length).replace(/^\/+/, ''));
  }
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.pop() === undefined) return undefined;
  }
  return hostPath([root, ...kept].join('/'));
}
