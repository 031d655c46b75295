/**
 * What of a workflow needs a container engine, as far as the files say so before anything runs: images that come of
 * expressions and actions of other repositories are found out by the job itself.
 */
import { join, sep } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import type { ResolvedWorkflow } from '../../workflow/calls/index.ts';
import {
  type ActionRuns,
  dockerfileAction,
  flattenSteps,
  hasExpression,
  type Node,
  parseActionReference,
  type Step,
  type StepsJob,
} from '../../workflow/index.ts';
import { parseAction } from '../../workflow/parse/index.ts';
import { findManifest } from '../actions/index.ts';

export interface NeedsSettings {
  /** The image that stands for a label of `runs-on`, by the label in lower case. */
  readonly images: ReadonlyMap<string, string>;
  /** Of the working tree, for actions in it. */
  readonly root: HostPath;
}

/** A line each, such as `build (.github/workflows/ci.yml:4): the container node:20`; conditions are not looked at. */
export async function containerNeeds(
  { workflow, file, origin, callees }: ResolvedWorkflow,
  settings: NeedsSettings,
  around = '',
): Promise<readonly string[]> {
  const needs = workflow.jobs.map(async (job): Promise<readonly string[]> => {
    const name = `${around}${job.id}`;
    if (job.kind === 'call') {
      const callee = callees.get(job.id);
      return callee === undefined ? [] : containerNeeds(callee, settings, `${name} / `);
    }
    const isOwn = origin.repository === undefined;
    const need = needOf(job, settings) ?? (await needOfSteps(job.steps, isOwn ? settings : undefined));
    if (need === undefined) return [];
    const line = need.at === undefined ? job.at?.start.line : need.at;
    return [`${name} (${file}${line === undefined ? '' : `:${line}`}): ${need.what}`];
  });
  return (await Promise.all(needs)).flat();
}

interface Need {
  readonly what: string;
  /** The line. */
  readonly at: number | undefined;
}

function needOf({ container, services, runsOn }: StepsJob, { images }: NeedsSettings): Need | undefined {
  const own = imageIn(container);
  if (own !== undefined) return { ...own, what: `the container ${own.what}` };
  for (const { key, value } of services?.kind === 'mapping' ? services.entries : []) {
    const image = imageIn(value);
    if (image !== undefined) return { ...image, what: `the service ${String(key.value)}, ${image.what}` };
  }
  for (const label of labelsIn(runsOn)) {
    const image = images.get(label.toLowerCase());
    if (image !== undefined) return { what: `the image ${image}, for ${label}`, at: runsOn.at?.start.line };
  }
  return undefined;
}

/** Of a container as it is written. */
function imageIn(node: Node | undefined): Need | undefined {
  const image = node?.kind === 'mapping' ? entryOf(node, 'image') : node;
  const text = textOf(image);
  return text === undefined ? undefined : { what: text.trim().replace(/^docker:\/\//, ''), at: image?.at?.start.line };
}

function entryOf(node: Node, name: string): Node | undefined {
  return node.kind === 'mapping' ? node.entries.find(({ key }) => key.value === name)?.value : undefined;
}

function textOf(node: Node | undefined): string | undefined {
  if (node?.kind !== 'scalar' || typeof node.value !== 'string') return undefined;
  return node.value.trim() === '' || hasExpression(node.value) ? undefined : node.value;
}

function labelsIn(node: Node): readonly string[] {
  const labels = entryOf(node, 'labels') ?? node;
  return (labels.kind === 'sequence' ? labels.items : [labels]).flatMap((label) => textOf(label) ?? []);
}

/** Without `settings` the actions in the working tree are not those that are meant. `seen` has the paths of those looked at. */
async function needOfSteps(
  steps: readonly Step[],
  settings: NeedsSettings | undefined,
  seen = new Set<string>(),
): Promise<Need | undefined> {
  for (const { step } of flattenSteps(steps)) {
    if (step.kind !== 'action') continue;
    const what = await whatOf(step.uses, settings, seen);
    if (what !== undefined) return { what, at: step.at?.start.line };
  }
  return undefined;
}

async function whatOf(
  uses: string,
  settings: NeedsSettings | undefined,
  seen: Set<string>,
): Promise<string | undefined> {
  const reference = parseActionReference(uses);
  if (!reference.ok) return undefined;
  const { value } = reference;
  if (value.kind === 'docker') return `the action ${uses}`;
  if (settings === undefined || value.kind === 'remote' || seen.has(value.path)) return undefined;
  seen.add(value.path);
  const runs = await runsIn(settings.root, value.path);
  if (runs?.kind === 'docker') return `the action ${uses}`;
  const inner = runs?.kind === 'composite' ? await needOfSteps(runs.steps, settings, seen) : undefined;
  return inner === undefined ? undefined : `${inner.what}, by way of ${uses}`;
}

/** Undefined for what an earlier step may make yet, and for what is wrong, which is the step's to say. */
async function runsIn(root: HostPath, path: string): Promise<ActionRuns | undefined> {
  const folder = join(root, path);
  if (folder !== root && !folder.startsWith(root + sep)) return undefined;
  const manifest = await findManifest(hostPath(folder));
  if (!manifest.ok) return undefined;
  if (manifest.value.kind === 'dockerfile') return dockerfileAction('Dockerfile').runs;
  const parsed = parseAction(manifest.value.text, manifest.value.path);
  return parsed.ok ? parsed.value.value.runs : undefined;
}
