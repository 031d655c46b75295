/** GitHub's own schemas of workflows and actions, from its package, with what is wrong in them put right. */
// The package hides its schemas from importers, so they are named where they lie.
import actionFile from '../../../../node_modules/@actions/workflow-parser/dist/action-v1.0.min.json' with {
  type: 'json',
};
import workflowFile from '../../../../node_modules/@actions/workflow-parser/dist/workflow-v1.0.min.json' with {
  type: 'json',
};
import { openSchema, type Schema } from './definitions.ts';

export const CORRECTIONS = {
  // In the package this event has another's name, so that `on: repository_dispatch` would be an error.
  'repository-dispatch-string': { string: { constant: 'repository_dispatch' } },
  // GitHub takes `inputs:` with nothing behind it, as it is left when the last input is commented out.
  'workflow-dispatch-mapping': { mapping: { properties: { inputs: 'workflow-dispatch-inputs-or-null' } } },
  'workflow-dispatch-inputs-or-null': { 'one-of': ['null', 'workflow-dispatch-inputs'] },
};

let workflowSchema: Schema | undefined;
let actionSchema: Schema | undefined;

export function loadWorkflowSchema(): Schema {
  workflowSchema ??= openSchema({
    definitions: { ...workflowFile.definitions, ...CORRECTIONS },
  });
  return workflowSchema;
}

export function loadActionSchema(): Schema {
  actionSchema ??= openSchema(actionFile);
  return actionSchema;
}
