/** An export as text: the workflow's file, its name, and what is to be said about it. */
import type { Diagnostic } from '../../shared/diagnostic.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { MappingNode, Workflow } from '../../workflow/index.ts';
import { writeWorkflow } from '../../workflow/write/index.ts';
import type { Config } from '../config.ts';
import { keyText } from '../nodes.ts';
import { releasesOf } from '../translate/actions.ts';
import { exportNotes } from '../translate/export-notes.ts';
import { joinWords, quote } from '../wording.ts';
import { headerOf, type Origin } from './header.ts';
import { type ExportOptions, exportReview, exportWorkflow } from './workflow.ts';

export interface ExportRequest extends ExportOptions, Origin {
  /** What of the repository itself differs on GitHub; the config knows nothing of it. */
  readonly repositoryNotes?: readonly Diagnostic[];
}

export interface ExportedFile {
  /** In the folder of workflows. */
  readonly name: string;
  readonly text: string;
  /** What the text says. */
  readonly workflow: Workflow;
  /** What GitHub would do differently, and what of the options is better avoided. */
  readonly notes: readonly Diagnostic[];
  /** The workflow that reviews its runs, where the config has one. */
  readonly review?: Pick<ExportedFile, 'name' | 'text' | 'workflow'>;
}

/** The error is a sentence about the options. */
export function exportFile(config: Config, request: ExportRequest): Result<ExportedFile, string> {
  const workflow = exportWorkflow(config, request);
  if (!workflow.ok) return workflow;
  const review = exportReview(config, request);
  if (!review.ok) return review;
  const notes = [...exportNotes(config), ...eventNotes(config, workflow.value.on), ...(request.repositoryNotes ?? [])];
  const releases = releasesOf(request.actions);
  return ok({
    name: `${fileName(config.name)}.yml`,
    text: writeWorkflow(workflow.value, { header: headerOf(request, notes), releases }),
    workflow: workflow.value,
    notes: [...notes, ...optionNotes(request)],
    ...(review.value === undefined ? {} : { review: reviewFile(config, review.value, request) }),
  });
}

function reviewFile(config: Config, workflow: Workflow, request: ExportRequest): NonNullable<ExportedFile['review']> {
  const text = writeWorkflow(workflow, { header: headerOf(request, []), releases: releasesOf(request.actions) });
  return { name: `${fileName(`${config.name}-framework-review`)}.yml`, text, workflow };
}

/** Who gives inputs has started the workflow by hand. */
function eventNotes({ file, inputs, keys }: Config, { entries }: MappingNode): readonly Diagnostic[] {
  const others = entries.map(({ key }) => keyText(key)).filter((name) => name !== 'workflow_dispatch');
  const [input] = Object.keys(inputs);
  if (others.length === 0 || input === undefined) return [];
  const range = keys?.['inputs'];
  return [
    {
      severity: 'warning',
      code: 'differs-on-github',
      message: `on GitHub inputs have no value, and no default, when the workflow starts by ${joinWords(others)}`,
      hint: `where it is used, write the default too: \${{ inputs.${input} || '…' }}`,
      at: range === undefined ? { file } : { file, range },
    },
  ];
}

/** What has no place in the config. */
function optionNotes({ actions, runsOn }: ExportOptions): readonly Diagnostic[] {
  const notes: Diagnostic[] = [];
  if (actions.kind === 'repository' && !/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(actions.ref))
    notes.push({
      severity: 'warning',
      code: 'unpinned-actions',
      message: `${quote(actions.ref)} may be moved to other code by whoever can write to ${actions.repository}`,
      hint: `name the full commit, and the release behind it: --actions ${actions.repository}@<sha>#${actions.ref}`,
    });
  const windows = runsOn.find((label) => /^windows/i.test(label));
  if (windows !== undefined)
    notes.push({
      severity: 'warning',
      code: 'differs-on-github',
      message: `tasks are run by bash and contained as on Linux and macOS; nobody has tried that on ${quote(windows)}`,
    });
  return notes;
}

function fileName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return plain === '' ? 'orch' : plain;
}
