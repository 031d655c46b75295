/** What orch's exit code means; the README lists the same. */
export const EXIT = {
  success: 0,
  /** The run, or what was asked for, failed. */
  failed: 1,
  /** The input is wrong; nothing was started. */
  badInput: 2,
  /** Another run holds the lock. */
  locked: 3,
  /** Nothing failed, but a job that counts was served by nobody. */
  incomplete: 4,
  /** A bug in orch. */
  internal: 70,
  /** A job waits at a step that failed; `orch retry` or `orch abort` goes on. */
  paused: 77,
  cancelled: 130,
} as const;
