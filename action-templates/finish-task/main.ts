/** `finish-task` on a runner: what the task left goes to where other jobs find it. */
import { finishTask } from '../../src/tasks/index.ts';
import { sendArtifacts } from '../runtime/kept-files.ts';
import { runAction } from '../runtime/run-action.ts';
import { openTransport } from '../runtime/transport.ts';

await runAction(finishTask, (place, repository, inputs) => {
  const { store, results } = openTransport(place, repository, { inputs, env: process.env });
  return {
    results,
    after: async ({ report }) => {
      await results.send(report);
      await sendArtifacts(place, store, report);
    },
  };
});
