/** Where the runs take place: clones in a temporary directory, which is gone afterwards with all that the runs have left. */
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type GitRepository,
  openPrivateClones,
  openRepository,
  removeTree,
  worktreeRoot,
} from '../../runner/workspaces/index.ts';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { MachineError } from '../../shared/failure.ts';
import { layoutOf } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { workRoot } from '../workflow/work-directory.ts';
import { runOrch } from './child.ts';

export interface ParityPlace {
  readonly temporary: HostPath;
  /** A clone of the commit; called once a name. */
  clone(name: string, commit: string): Promise<Project>;
  dispose(): Promise<void>;
}

export async function openParityPlace(repository: GitRepository): Promise<ParityPlace> {
  const temporary = hostPath(await realpath(await mkdtemp(join(tmpdir(), 'orch-parity-'))));
  const clones: Project[] = [];
  const openPrivateClone = openPrivateClones(repository);
  return {
    temporary,
    clone: async (name, commit) => {
      const directory = hostPath(join(temporary, name));
      const { remoteUrl: origin, head } = repository;
      const ref = `refs/heads/${head.branch ?? 'parity'}`;
      await openPrivateClone({ commit, ref, directory, ...(origin === undefined ? {} : { origin }) });
      const opened = await openRepository(directory);
      if (!opened.ok) {
        const message = opened.error[0]?.message ?? 'the clone is no repository';
        throw new MachineError({ code: 'environment-lost', message });
      }
      const clone = { repository: opened.value, layout: layoutOf(opened.value.root, opened.value.commonDir) };
      clones.push(clone);
      return clone;
    },
    dispose: async () => {
      for (const clone of clones) await disposeOf(clone);
      await removeTree(temporary);
    },
  };
}

/** Trees of tasks that failed are kept outside of the clone, where nobody would look for them. */
async function disposeOf(clone: Project): Promise<void> {
  await runOrch(['clean', '--force'], clone.repository.root);
  await removeTree(worktreeRoot(clone.repository, undefined));
  await removeTree(workRoot(clone));
  await clone.repository.dispose();
}
