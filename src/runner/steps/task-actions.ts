/** Steps that use the actions of a task, run in this process with the code that is bundled for GitHub. */
import {
  concludeReview,
  digestRun,
  finishTask,
  type Memo,
  prepareTask,
  runTask,
  type TaskAction,
  type TaskPorts,
} from '../../tasks/index.ts';
import type { StepHandler } from './handler.ts';

export type TaskActionName = 'prepare-task' | 'digest-run' | 'run-task' | 'finish-task' | 'conclude-review';

const ACTIONS: Readonly<Record<TaskActionName, TaskAction>> = {
  'prepare-task': prepareTask,
  'digest-run': digestRun,
  'run-task': runTask,
  'finish-task': finishTask,
  'conclude-review': concludeReview,
};

export interface TaskStepSettings {
  /** The host's environment, which an action sees beneath the job's and the step's. */
  readonly hostEnv: Readonly<Record<string, string>>;
  /** Everything but the signal, which each step has of its own. */
  readonly ports: Omit<TaskPorts, 'signal'>;
}

/** Handlers for the actions of one job; they share a memory. */
export function taskActions({ hostEnv, ports }: TaskStepSettings): (name: TaskActionName) => StepHandler {
  const memo = createMemo();
  return (name) => async (call) =>
    ACTIONS[name]({ inputs: call.inputs, env: { ...hostEnv, ...call.env }, memo }, { ...ports, signal: call.signal });
}

/** JSON in, JSON out, as between the steps of a job on GitHub, so that nothing live is shared by accident. */
function createMemo(): Memo {
  const values = new Map<string, string>();
  return {
    read: (key) => {
      const text = values.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
    write: (key, value) => void values.set(key, JSON.stringify(value)),
  };
}
