/** The subjects in the order of docs/compatibility.md. */
import type { Subject } from '../rig/feature.ts';
import { availability } from './availability.ts';
import { events } from './events.ts';
import { expressions } from './expressions.ts';
import { functions } from './functions.ts';
import { matrix } from './matrix.ts';
import { syntax } from './syntax.ts';
import { workflow } from './workflow.ts';

export const SUBJECTS: readonly Subject[] = [syntax, workflow, events, matrix, availability, expressions, functions];
