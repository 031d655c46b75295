/** What a job that orch adds by itself has of a task: nothing of anybody's runs in it. */
import type { Task } from '../config.ts';

/** It takes seconds. Milliseconds. */
const TIMEOUT = 60_000;

type Own = Omit<Task, 'name' | 'at' | 'command' | 'changes'>;

/** `like`: a task of the same file, whose waits and clocks it has where it needs some. */
export function ownJob({ retryDelay, retryFrom, verifyTimeout }: Task): Own {
  return {
    retryDelay,
    retryFrom,
    verifyTimeout,
    dependsOn: [],
    outputs: [],
    env: { kind: 'mapping', entries: [] },
    envFrom: [],
    secrets: [],
    timeout: TIMEOUT,
    retries: 0,
    expect: [],
    commit: true,
    artifacts: [],
  };
}
