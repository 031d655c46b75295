/** How much disk a working tree of a commit will take, before it is made. */
import type { GitRepository } from './repository.ts';

/** File systems give out whole blocks. Bytes. */
const BLOCK = 4096;

/** Bytes of the commit's files in whole blocks; copies, submodules and what a setup command installs come on top. */
export async function estimateWorktreeSize(repository: GitRepository, commit: string): Promise<number> {
  const output = await repository.git.run(['ls-tree', '-r', '-l', '-z', '--full-tree', commit]);
  let total = 0;
  for (const entry of output.stdout.toString('latin1').split('\0')) {
    // mode SP type SP id SP size TAB path, the size padded and `-` for a submodule
    const size = Number(entry.slice(0, entry.indexOf('\t')).split(/ +/)[3]);
    if (size >= 0) total += Math.ceil(size / BLOCK) * BLOCK;
  }
  return total;
}
