/** Reports: what a run's events add up to, and the summary that is made from them. */
export {
  approvalCommands,
  inspectCommands,
  mergeCommands,
  pauseCommands,
  pauseScope,
  rerunCommand,
  shellQuote,
} from './commands.ts';
export { createDigestFold } from './digest.ts';
export { plural, shortCommit } from './figures.ts';
export { createRunFold, foldRun, type RunFold } from './fold.ts';
export { countsInWords, headline, nounFor } from './headline.ts';
export { judgeRun, type RunResult, type RunVerdict } from './judge.ts';
export { reviewInWords } from './reviews.ts';
export { type RunState, type RunStatus, stateOf, statusOf } from './status.ts';
export { renderSummary } from './summary.ts';
export { cleanOutput, cleanText, clip, clipMiddle, displayWidth, padTo, wrapText } from './text.ts';
export { reasonOf, recordedReason } from './trouble.ts';
export type { LegView, Phase, RunHeader, RunView, Standing, WarningView } from './view.ts';
export { warningsOf } from './warnings.ts';
export { writeDigest, writeReport } from './write.ts';
