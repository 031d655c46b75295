/** An export as text: the workflow with a header that says where it comes from and what differs on GitHub. */
import type { Diagnostic } from '../../shared/diagnostic.ts';
import { ok, type Result } from '../../shared/result.ts';
import { writeWorkflow } from '../../workflow/write/index.ts';
import type { Config } from '../config.ts';
import { RELEASES } from '../translate/actions.ts';
import { exportNotes } from '../translate/export-notes.ts';
import { type ExportOptions, exportWorkflow } from './workflow.ts';

export interface ExportRequest extends ExportOptions {
  /** The config as somebody at the repository's root would type it. */
  readonly source: string;
  /** What writes the file again. */
  readonly command: string;
}

export interface ExportedFile {
  /** In the folder of workflows. */
  readonly name: string;
  readonly text: string;
  /** What GitHub would do differently. */
  readonly notes: readonly Diagnostic[];
}

/** How every file begins that an export has written, and may write again. */
export const MARK = 'Written by orch export-gha';

/** The error is a sentence about the options. */
export function exportFile(config: Config, request: ExportRequest): Result<ExportedFile, string> {
  const workflow = exportWorkflow(config, request);
  if (!workflow.ok) return workflow;
  const notes = exportNotes(config);
  const text = writeWorkflow(workflow.value, { header: headerOf(request, notes), releases: RELEASES });
  return ok({ name: `${fileName(config.name)}.yml`, text, notes });
}

function headerOf({ source, command }: ExportRequest, notes: readonly Diagnostic[]): readonly string[] {
  const head = [
    `${MARK} from ${source}.`,
    'Change that file instead of this one, and write this one again:',
    `  ${command}`,
  ];
  if (notes.length === 0) return head;
  return [...head, '', 'Differs from a run by orch:', ...notes.map(({ message }) => `- ${oneLine(message)}`)];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function fileName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return plain === '' ? 'orch' : plain;
}
