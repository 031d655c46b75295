/** A workflow file, whole: text to model, or everything that is wrong with it in GitHub's words. */
import type { Diagnostic } from '../../shared/diagnostic.ts';
import type { Result } from '../../shared/result.ts';
import type { Position, SourceRange } from '../../shared/source.ts';
import type { Job, Node, Workflow } from '../model.ts';
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
  return conclude(readText(text, faults), faults);
}

/**
 * What is left of a workflow that has errors: its jobs without any, so that what they call can be checked as well.
 * Undefined when nothing is.
 */
export function salvageWorkflow(text: string, file: string): Workflow | undefined {
  const faults = collectFaults(file);
  const workflow = readText(text, faults);
  if (workflow === undefined) return undefined;
  const errors = faults.all().filter(({ severity }) => severity === 'error');
  const isSound = ({ at }: Job): boolean =>
    at !== undefined && !errors.some((error) => error.at?.range !== undefined && holds(at, error.at.range.start));
  return { ...workflow, jobs: workflow.jobs.filter(isSound) };
}

function holds({ start, end }: SourceRange, { line, column }: Position): boolean {
  const isBefore = line < start.line || (line === start.line && column < start.column);
  const isBehind = line > end.line || (line === end.line && column >= end.column);
  return !isBefore && !isBehind;
}

function readText(text: string, faults: Faults): Workflow | undefined {
  const root = readYaml(text, faults);
  if (root === undefined) return undefined;
  checkSchema(root, 'workflow-root-strict', loadWorkflowSchema(), faults);
  return readWorkflow(root, faults);
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
    cacheMode: scalarOf(valueOf(root, 'cache-mode')),
    concurrency,
    // What is no mapping, the schema has told of.
    jobs: entriesOf(jobs)
      .filter(({ value }) => value.kind === 'mapping')
      .map((entry) => readJob(entry, reading)),
  });
  checkDeadlocks(workflow, faults);
  return workflow;
}
