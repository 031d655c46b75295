/** What a run leaves on disk: lock, journal, logs, history. */

export { type Answer, leaveAnswer, takeAnswers } from './answers.ts';
export { type Approval, guardApproval, readApproval, removeApproval, writeApproval } from './approval.ts';
export { freeSpace, type SpaceNeed, willFit } from './disk.ts';
export { createGroupFile } from './group-file.ts';
export {
  findRun,
  latestMainRun,
  listRuns,
  newestRun,
  type Pruned,
  type PruneOptions,
  pruneRuns,
  type RunRecord,
} from './history.ts';
export { continueJournal, createJournal, type Journal, journalSink } from './journal.ts';
export { copyJournal } from './journal-copy.ts';
export type { JournalEntry, JournalProblem } from './journal-lines.ts';
export { type FollowOptions, followJournal, loadJournal, readEvents, readJournal } from './journal-reader.ts';
export { type Latest, latestRun, openLatest, type Published } from './latest.ts';
export {
  acquireRunLock,
  acquireStreamLock,
  lookAtRunLock,
  type RunLock,
  readRunLock,
  readStreamLock,
  type WaitOptions,
  waitForLock,
  waitForNoRun,
} from './lock.ts';
export type { LockHeld, LockState, StaleLock } from './lock-file.ts';
export { describeSelf, type Holder, holderOfFile, type LockFile, type LockInfo } from './lock-info.ts';
export { type FollowLogOptions, followLog, logSize, type ReadLogOptions, readLog } from './log-reader.ts';
export {
  type Layout,
  LOGS,
  layoutOf,
  legLogPath,
  logFileName,
  type RunPaths,
  SUMMARY,
} from './paths.ts';
export { type ProcessProbe, probeProcesses } from './process-probe.ts';
export {
  addFile,
  addToGitignore,
  type Ignored,
  inspectFile,
  putFile,
  readFile,
  type Standing,
} from './project-files.ts';
export { createRunDirectory, leaveRunDirectory, takeRunDirectory } from './run-directory.ts';
export { isRunId, newRunId, startOfRun } from './run-id.ts';
