/** What an export of a config comes to: its files, and what it says of them. */
import { type ExportedFile, type ExportRequest, exportFile } from '../../orchestrator/index.ts';
import type { HostPath } from '../../shared/brand.ts';
import { UsageError } from '../explain.ts';
import type { Loaded } from '../load.ts';
import { leftBehind } from './left-behind.ts';
import { type ExportCommandOptions, folderOf, readRequest } from './request.ts';
import { type RepositoryFile, vendoredActions } from './vendored.ts';

export interface Exported {
  readonly request: ExportRequest;
  readonly made: ExportedFile;
  readonly workflow: RepositoryFile;
  /** The workflow first, then its actions. */
  readonly files: readonly RepositoryFile[];
  /** Paths of workflows that were left behind. */
  readonly stale: readonly string[];
}

/** Nothing is written. Throws `UsageError`. */
export function exportOf(root: HostPath, { file, config }: Loaded, options: ExportCommandOptions): Exported {
  const request = readRequest(root, file, options);
  const made = exportFile(config, request);
  if (!made.ok) throw new UsageError(made.error);
  const { name, text } = made.value;
  const folder = folderOf(root, options);
  const workflow = { path: folder === '' ? name : `${folder}/${name}`, text };
  const actions = request.actions.kind === 'vendored' ? vendoredActions() : [];
  const stale = leftBehind(root, folder, { written: workflow.path, source: request.source });
  return { request, made: made.value, workflow, files: [workflow, ...actions], stale };
}
