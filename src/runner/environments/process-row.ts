/** What is known of a process. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** With `pid` it names a process for good, however pids are used again. Comparable as a number on Linux only. */
  readonly started: string;
  /** It has ended and waits for its parent to notice. */
  readonly zombie: boolean;
  /** CPU time in milliseconds: its own, and that of ended children that it has waited for. */
  readonly cpu: number;
  readonly childrenCpu: number;
}
