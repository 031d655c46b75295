/** Whether tasks and the workflow that was exported of them are the same, and would be on GitHub. */
export { compareWithAct, lastWordsOfAct, readActLog } from './act-log.ts';
export { compareRuns, type Difference, type LegFacts } from './compare.ts';
export { legsOf, type RanLeg } from './legs.ts';
export { checkPortability, type Portable, type Script } from './portability.ts';
export { whereTheyDiffer } from './same-workflow.ts';
