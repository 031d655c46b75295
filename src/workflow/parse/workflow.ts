/** A workflow file, whole: text to model, or everything that is wrong with it in GitHub's words. */
import type { Diagnostic } from '../../shared/diagnostic.ts';
import type { Result } from '../../shared/result.ts';
import type { Node, Workflow } from '../model.ts';
import { entriesOf, present, scalarOf, valueOf } from '../nodes.ts';
import { checkConcurrency, checkDeadlocks } from './concurrency.ts';
import { collectFaults, conclude, type Faults, type Parsed } from './faults.ts';
import { readJob } from './job.ts';
import { checkNeeds } from './needs.ts';
import { checkEvents, readEvents } from './on.ts';
import { readYaml } from './read-yaml.ts';
import { checkSchema } from './schema/check.ts';
import { loadWorkflowSchema } from './schema/load.ts';

/**
 * Reads a workflow. `file` is how messages name it. Errors come all at once, at most ten, warnings with them; a text that
 * is not YAML has no others. Never throws for what is in the text.
 */
export function parseWorkflow(text: string, file: string): Result<Parsed<Workflow>, readonly Diagnostic[]> {
  const faults = collectFaults(file);
  const root = readYaml(text, faults);
  if (root === undefined) return conclude<Workflow>(undefined, faults);
  const schema = loadWorkflowSchema();
  checkSchema(root, 'workflow-root-strict', schema, faults);
  return conclude(readWorkflow(root, faults), faults);
}

function readWorkflow(root: Node, faults: Faults): Workflow {
  const on = readEvents(valueOf(root, 'on'));
  checkEvents(on, faults);
  const concurrency = valueOf(root, 'concurrency');
  checkConcurrency(concurrency, faults);
  const reading = { schema: loadWorkflowSchema(), faults };
  const jobs = valueOf(root, 'jobs');
  if (jobs?.kind === 'mapping') checkNeeds(jobs, faults);
  const workflow = present<Workflow>({
    name: scalarOf(valueOf(root, 'name')),
    description: scalarOf(valueOf(root, 'description')),
    runName: scalarOf(valueOf(root, 'run-name')),
    on,
    env: valueOf(root, 'env'),
    defaults: valueOf(root, 'defaults'),
    permissions: valueOf(root, 'permissions'),
    concurrency,
    // What is no mapping, the schema has told of.
    jobs: entriesOf(jobs)
      .filter(({ value }) => value.kind === 'mapping')
      .map((entry) => readJob(entry, reading)),
  });
  checkDeadlocks(workflow, faults);
  return workflow;
}
