/** Where the user is: the repository, its files, and what of it a command works on. */
import { type GitRepository, openRepository } from '../runner/workspaces/index.ts';
import { type Layout, layoutOf } from '../store/index.ts';
import { UsageError } from './explain.ts';

export interface Project {
  readonly repository: GitRepository;
  readonly layout: Layout;
}

/** The repository around the current directory. The caller disposes of it. */
async function openProject(): Promise<Project> {
  const opened = await openRepository(process.cwd());
  if (!opened.ok) {
    const [first] = opened.error;
    throw new UsageError(
      first?.message ?? 'this is no repository',
      first?.hint === undefined ? {} : { hint: first.hint },
    );
  }
  const repository = opened.value;
  return { repository, layout: layoutOf(repository.root, repository.commonDir) };
}

/** Runs with the project, and lets go of it in every case. */
export async function withProject<T>(use: (project: Project) => Promise<T>): Promise<T> {
  const project = await openProject();
  try {
    return await use(project);
  } finally {
    await project.repository.dispose();
  }
}
