/** What a run that may be paused was told, written down so that another process can go on with it: no secret is in it. */
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Seal, sealJson, unsealJson } from '../../runner/jobs/index.ts';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { PRIVATE_DIRECTORY, PRIVATE_FILE } from '../../shared/file-modes.ts';
import type { ResolvedWorkflow } from '../../workflow/calls/index.ts';
import { UsageError } from '../explain.ts';
import type { Project } from '../project.ts';
import type { WorkflowSettings } from '../workflow/options.ts';
import type { Prepared } from '../workflow/prepare.ts';
import { workDirectory } from '../workflow/work-directory.ts';
import type { From } from './from-step.ts';

export interface ResumeRecord {
  readonly version: 1;
  readonly file: string;
  /** Where the secrets came from: their names, and files of them. */
  readonly secrets: readonly string[];
  readonly secretFiles: readonly string[];
  readonly maxParallel: number;
  readonly actionSource?: string;
  readonly settings: Pick<WorkflowSettings, 'env' | 'vars' | 'offline' | 'incomplete'> & {
    readonly jobs?: readonly string[];
    readonly matrix: readonly (readonly [string, readonly string[]])[];
    readonly folders: readonly (readonly [string, string])[];
    readonly labels: readonly string[];
    readonly images: readonly (readonly [string, string])[];
  };
  readonly prepared: Pick<Prepared, 'run' | 'event' | 'facts' | 'tree' | 'inputs' | 'title'>;
  readonly from?: From;
  /** What jobs there are and what they need, called ones included. */
  readonly shape: string;
}

/** The directory of the jobs that stand still. */
export function pausedDirectory(project: Project, run: string): HostPath {
  return hostPath(join(workDirectory(project, run), '_paused'));
}

export function writeResumeFile(project: Project, record: ResumeRecord, seal: Seal): void {
  const directory = pausedDirectory(project, record.prepared.run);
  mkdirSync(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
  // A job could have put a link in their place.
  for (const owned of [workDirectory(project, record.prepared.run), directory]) {
    if (lstatSync(owned).isDirectory()) continue;
    const message = `${owned} was replaced by something that is no directory`;
    throw new UsageError(message, { hint: 'remove it, and start the run anew' });
  }
  const path = fileIn(directory);
  rmSync(path, { force: true });
  writeFileSync(path, sealJson(record, seal), { flag: 'wx', mode: PRIVATE_FILE });
  for (const owned of [workDirectory(project, record.prepared.run), directory]) chmodSync(owned, PRIVATE_DIRECTORY);
}

/** Whether a run has left what another process needs to go on with it. */
export function canBeTakenUp(project: Project, run: string): boolean {
  return existsSync(fileIn(pausedDirectory(project, run)));
}

/** Throws `UsageError` when the run has left nothing to go on with. */
export function readResumeFile(project: Project, run: string, secrets: Seal['secrets'] = {}): ResumeRecord {
  const text = readText(fileIn(pausedDirectory(project, run)));
  const record = text === undefined ? undefined : (parse(text, secrets) as Partial<ResumeRecord> | null | undefined);
  if (record?.version === 1) return record as ResumeRecord;
  throw new UsageError(`what run ${run} left when it was paused is not there any more`, {
    hint: 'start it anew with orch run',
  });
}

/** The jobs of a workflow and of those that it calls, as far as a run depends on it. */
export function shapeOf({ workflow, callees }: ResolvedWorkflow): string {
  const jobs = workflow.jobs.map(({ id, needs, kind }) => [id, needs, kind]);
  return JSON.stringify([jobs, [...callees].map(([job, callee]) => [job, shapeOf(callee)])]);
}

function fileIn(directory: HostPath): string {
  return join(directory, 'run.json');
}

function parse(text: string, secrets: Seal['secrets']): unknown {
  try {
    return unsealJson(text, secrets);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Undefined for what is no file. */
function readText(path: string): string | undefined {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  return readFileSync(path, 'utf8');
}
