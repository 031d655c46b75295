/** `prepare-task` on a runner. */
import { prepareTask } from '../../src/tasks/index.ts';
import { openArtifacts } from '../runtime/artifacts.ts';
import { openResults } from '../runtime/results.ts';
import { openResultsService } from '../runtime/results-service.ts';
import { runAction } from '../runtime/run-action.ts';

await runAction(prepareTask, (place, repository) => ({
  results: openResults(place, repository, openArtifacts(openResultsService(process.env), place.directory)),
}));
