/** Reading GitHub's files: workflows and the manifests of actions to the model, with what is wrong in GitHub's words. */
export { parseAction } from './action.ts';
export type { Parsed } from './faults.ts';
export { githubWording } from './github-wording.ts';
export { parseWorkflow, salvageWorkflow } from './workflow.ts';
