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
  /** The workflow first, then the one that reviews it, then their actions. */
  readonly files: readonly RepositoryFile[];
  /** Paths of workflows that were left behind. */
  readonly stale: readonly string[];
}

/** Nothing is written. Throws `UsageError`. */
export function exportOf(root: HostPath, { file, config }: Loaded, options: ExportCommandOptions): Exported {
  const request = readRequest(root, file, options);
  const made = exportFile(config, request);
  if (!made.ok) throw new UsageError(made.error);
  const folder = folderOf(root, options);
  const fileOf = ({ name, text }: { readonly name: string; readonly text: string }): RepositoryFile => ({
    path: folder === '' ? name : `${folder}/${name}`,
    text,
  });
  const workflow = fileOf(made.value);
  const workflows = [workflow, ...(made.value.review === undefined ? [] : [fileOf(made.value.review)])];
  const actions = request.actions.kind === 'vendored' ? vendoredActions(workflows) : [];
  const stale = leftBehind(root, folder, { written: workflows.map(({ path }) => path), source: request.source });
  return { request, made: made.value, workflow, files: [...workflows, ...actions], stale };
}
