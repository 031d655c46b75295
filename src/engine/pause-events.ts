/** The events of a leg that stands still for somebody to look at it, and of a run that is taken up again. */
import type { Failure } from '../shared/failure.ts';

/** A step of a running leg failed and is to be looked at: the leg stands as it is, and holds no slot. */
export interface JobPaused {
  readonly type: 'job.paused';
  readonly job: string;
  readonly leg: string;
  /** What the failed step is called. */
  readonly step: string;
  readonly failure: Failure;
  /** The leg's working tree, and a script that opens a shell in it as the step saw it. Absolute. */
  readonly workspace: string;
  readonly enter: string;
  /** From `job.requested` to here. */
  readonly duration: number;
}

/** How a paused leg goes on: its failed step again, or with what comes after a failure. */
export type GoOn = 'retry' | 'abort';

export interface JobResumed {
  readonly type: 'job.resumed';
  readonly job: string;
  readonly leg: string;
  readonly how: GoOn;
}

/** A run that had ended as `paused` goes on in another process. */
export interface RunResumed {
  readonly type: 'run.resumed';
  readonly orch: string;
  readonly command: readonly string[];
}
