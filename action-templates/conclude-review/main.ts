/** `conclude-review` on a runner. */
import { concludeReview } from '../../src/tasks/index.ts';
import { runAction } from '../runtime/run-action.ts';
import { openTransport } from '../runtime/transport.ts';

await runAction(concludeReview, (place, repository, inputs) => {
  const { results } = openTransport(place, repository, { inputs, env: process.env });
  return { results };
});
