/** `run-task` on a runner. */
import { runTask } from '../../src/tasks/index.ts';
import { runAction } from '../runtime/run-action.ts';

/** The command needs nobody's results: its tree holds them. */
const NONE = { of: async () => undefined, publish: async () => {} };

await runAction(runTask, () => ({ results: NONE }));
