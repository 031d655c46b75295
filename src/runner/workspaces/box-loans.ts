/** Whom the files of a worktree are lent to while boxes work on them, noted where no box sees it: a crash takes nothing back. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { boxFolder } from './box-layout.ts';
import { isAlive } from './process-identity.ts';
import type { GitRepository } from './repository.ts';
import { readLine, replaceFile } from './safe-files.ts';
import { listRecords, type WorktreeRecord } from './worktree-record.ts';

/** What a process that is gone has lent. */
export interface Loan {
  readonly run: string;
  readonly path: HostPath;
  /** Whom to; this user where it can work on them as they are. */
  readonly uid: number;
  /** To be called when its files were taken back. */
  forget(): Promise<void>;
}

type Record = Pick<WorktreeRecord, 'index'>;

/** Before the first file changes hands. */
export async function noteLoan(record: Record, uid: number): Promise<void> {
  await replaceFile(noteOf(record), `${uid}\n`);
}

export async function forgetLoan(record: Record): Promise<void> {
  await rm(noteOf(record), { force: true });
}

export async function listLoans(repository: GitRepository): Promise<readonly Loan[]> {
  const loans: Loan[] = [];
  for (const record of await listRecords(repository)) {
    const uid = await readLine(noteOf(record));
    if (uid === undefined || !/^\d+$/.test(uid) || isAlive(record.owner)) continue;
    const { run, path } = record;
    loans.push({ run, path: hostPath(path), uid: Number(uid), forget: () => forgetLoan(record) });
  }
  return loans;
}

function noteOf(record: Record): string {
  return join(boxFolder(record), 'lent-to');
}
