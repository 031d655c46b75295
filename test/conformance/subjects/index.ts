/** The subjects in the order of docs/compatibility.md. */
import type { Subject } from '../rig/feature.ts';
import { actions } from './actions.ts';
import { availability } from './availability.ts';
import { calls } from './calls.ts';
import { commandFiles } from './command-files.ts';
import { commands, secrets } from './commands.ts';
import { contexts, lifeCycle, services } from './contexts.ts';
import { events } from './events.ts';
import { expressions } from './expressions.ts';
import { functions } from './functions.ts';
import { jobs } from './jobs.ts';
import { matrix } from './matrix.ts';
import { matchers } from './problem-matchers.ts';
import { runners } from './runners.ts';
import { shells } from './shells.ts';
import { background, stepKinds } from './steps.ts';
import { syntax } from './syntax.ts';
import { workflow } from './workflow.ts';

export const SUBJECTS: readonly Subject[] = [
  syntax,
  workflow,
  events,
  jobs,
  matrix,
  runners,
  calls,
  stepKinds,
  background,
  shells,
  actions,
  commandFiles,
  commands,
  secrets,
  matchers,
  contexts,
  lifeCycle,
  services,
  availability,
  expressions,
  functions,
];
