/** Repositories with workflows, and what the one run of such a repository has left. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunEvent } from '../../../src/engine/index.ts';
import { readJournal } from './journal.ts';
import { createRepository, type Repository } from './repository.ts';

/** A repository with the files, which are not committed. */
export function createWorkflowRepository(files: Readonly<Record<string, string>>): Repository {
  const repository = createRepository();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository.root, path)), { recursive: true });
    writeFileSync(join(repository.root, path), text);
  }
  return repository;
}

export interface RunFolder {
  readonly events: readonly RunEvent[];
  /** The text of a file in the run's folder, such as `build.log`. */
  readonly text: (name: string) => string;
}

export function readOnlyRun(repository: Repository): RunFolder {
  const runs = join(repository.root, 'logs/runs');
  const [run, ...more] = readdirSync(runs).filter((name) => !name.startsWith('.'));
  if (run === undefined || more.length > 0) throw new Error(`there are ${more.length + (run ? 1 : 0)} runs`);
  const text = (name: string): string => readFileSync(join(runs, run, name), 'utf8');
  return { events: readJournal(join(runs, run, 'events.jsonl')), text };
}
