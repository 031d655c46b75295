/**
 * The record of what somebody has approved: one file among git's, for its owner alone. Only this counts; whatever the
 * tree says of an approval is for people.
 */
import { lstatSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type HostPath, hostPath } from '../shared/brand.ts';
import { PRIVATE_FILE } from '../shared/file-modes.ts';
import type { Layout } from './paths.ts';
import { isRunId } from './run-id.ts';
import { ensureDirectory, machineError, readSmallFile, removeFile, replaceFile } from './safe-files.ts';

export interface Approval {
  /** The run that left what was approved, and the commit that it left. */
  readonly run: string;
  readonly commit: string;
  /** sha256 over the documents, in hexadecimal. */
  readonly proposal: string;
  /** The commit on top of it that says who approved it; the work goes on from there. */
  readonly approved: string;
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly note?: string;
}

const FILE = 'migration-approval.json';
const SIZE_LIMIT = 64 * 1024;

function fileOf({ orchDir }: Layout): HostPath {
  return hostPath(join(orchDir, FILE));
}

/** `damaged`: there is a file, and it is none that orch has written. */
export function readApproval(layout: Layout): Approval | 'damaged' | undefined {
  const found = readSmallFile(fileOf(layout), SIZE_LIMIT);
  return found === undefined ? undefined : (parse(found.text ?? '') ?? 'damaged');
}

export function writeApproval(layout: Layout, approval: Approval): void {
  put(layout, `${JSON.stringify(approval, null, 2)}\n`);
}

/** False when there was none. */
export function removeApproval(layout: Layout): boolean {
  return removeFolder(layout) || removeFile(fileOf(layout));
}

/**
 * Nothing of a run has any business at the record: called at its beginning, and again whenever it may have been touched.
 * True when it had been changed, and was put back.
 */
export function guardApproval(layout: Layout): () => boolean {
  const before = readSmallFile(fileOf(layout), SIZE_LIMIT);
  return () => {
    const now = readSmallFile(fileOf(layout), SIZE_LIMIT);
    if (now?.text === before?.text && (now === undefined) === (before === undefined)) return false;
    if (before?.text === undefined) removeApproval(layout);
    else put(layout, before.text);
    return true;
  };
}

function put(layout: Layout, text: string): void {
  const folder = ensureDirectory(layout.gitCommonDir, basename(layout.orchDir));
  removeFolder(layout);
  replaceFile(hostPath(join(folder, FILE)), text, PRIVATE_FILE);
}

/** Something that a task has put where the record belongs must not keep anybody from approving, nor from revoking. */
function removeFolder(layout: Layout): boolean {
  const path = fileOf(layout);
  try {
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
    rmSync(path, { recursive: true, force: true });
    return true;
  } catch (cause) {
    throw machineError(`remove ${path}`, cause);
  }
}

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

function parse(text: string): Approval | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isApproval(value) ? value : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

function isApproval(value: unknown): value is Approval {
  if (typeof value !== 'object' || value === null) return false;
  const { run, commit, proposal, approved, by, at, note = '' } = value as Readonly<Record<string, unknown>>;
  return (
    [run, by, at, note].every((text) => typeof text === 'string') &&
    isRunId(String(run)) &&
    [commit, approved].every((id) => typeof id === 'string' && COMMIT.test(id)) &&
    typeof proposal === 'string' &&
    /^[0-9a-f]{64}$/.test(proposal) &&
    !Number.isNaN(Date.parse(String(at)))
  );
}
