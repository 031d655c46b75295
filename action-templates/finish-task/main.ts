/** `finish-task` on a runner: what the task left goes to where other jobs find it. */
import { finishTask } from '../../src/tasks/index.ts';
import { openArtifacts } from '../runtime/artifacts.ts';
import { sendArtifacts } from '../runtime/kept-files.ts';
import { openResults } from '../runtime/results.ts';
import { openResultsService } from '../runtime/results-service.ts';
import { runAction } from '../runtime/run-action.ts';

await runAction(finishTask, (place, repository) => {
  const store = openArtifacts(openResultsService(process.env), place.directory);
  const results = openResults(place, repository, store);
  return {
    results,
    after: async ({ report }) => {
      await results.send(report);
      await sendArtifacts(place, store, report);
    },
  };
});
