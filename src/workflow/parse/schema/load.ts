/** GitHub's own schemas of workflows and actions, from its package, with what is wrong or missing in them put right. */
// The package hides its schemas from importers, so they are named where they lie.
import actionFile from '../../../../node_modules/@actions/workflow-parser/dist/action-v1.0.min.json' with {
  type: 'json',
};
import workflowFile from '../../../../node_modules/@actions/workflow-parser/dist/workflow-v1.0.min.json' with {
  type: 'json',
};
import { openSchema, type RawDefinition, type Schema } from './definitions.ts';

const { definitions } = workflowFile;

export const CORRECTIONS = {
  // In the package this event has another's name, so that `on: repository_dispatch` would be an error.
  'repository-dispatch-string': { string: { constant: 'repository_dispatch' } },
  // GitHub takes `inputs:` with nothing behind it, as it is left when the last input is commented out.
  'workflow-dispatch-mapping': { mapping: { properties: { inputs: 'workflow-dispatch-inputs-or-null' } } },
  'workflow-dispatch-inputs-or-null': { 'one-of': ['null', 'workflow-dispatch-inputs'] },
  // GitHub has this key since September 2026, the package not yet.
  'cache-mode': { 'allowed-values': ['read', 'write', 'write-only', 'none'] },
  'workflow-root-strict': withCacheMode(definitions['workflow-root-strict']),
  'job-factory': withCacheMode(definitions['job-factory']),
  'workflow-job': withCacheMode(definitions['workflow-job']),
};

function withCacheMode(raw: RawDefinition): RawDefinition {
  const { mapping } = raw;
  return { ...raw, mapping: { ...mapping, properties: { ...mapping?.properties, 'cache-mode': 'cache-mode' } } };
}

let workflowSchema: Schema | undefined;
let actionSchema: Schema | undefined;

export function loadWorkflowSchema(): Schema {
  workflowSchema ??= openSchema({
    definitions: { ...definitions, ...CORRECTIONS },
  });
  return workflowSchema;
}

export function loadActionSchema(): Schema {
  actionSchema ??= openSchema(actionFile);
  return actionSchema;
}
