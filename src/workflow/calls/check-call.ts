/** A call of a reusable workflow against what is called: its trigger, inputs, secrets and permissions. */
import type { Diagnostic } from '../../shared/diagnostic.ts';
import type { SourceRange } from '../../shared/source.ts';
import { foldCase } from '../expressions/index.ts';
import { type CallDefinitions, readCallDefinitions } from '../input-definitions.ts';
import type { CallJob, MappingEntry, Node, Workflow } from '../model.ts';
import { entriesOf, isExpression, keyText, textOf } from '../nodes.ts';
import { collectFaults, type Faults } from '../parse/faults.ts';
import { checkInputValue } from '../parse/input-value.ts';
import { describePermissions, exceededPermissions, type Permissions, readPermissions } from '../permissions.ts';

export interface Call {
  readonly job: CallJob;
  /** The file that calls. */
  readonly file: string;
  readonly callee: Workflow;
  /** What the call may do at most; undefined when nobody above has said. */
  readonly allowed: Permissions | undefined;
}

/** Everything that is wrong, in GitHub's words; the places are in the calling file. */
export function checkCall({ job, file, callee, allowed }: Call): readonly Diagnostic[] {
  const faults = collectFaults(file);
  const definitions = readCallDefinitions(callee.on);
  if (definitions === undefined) {
    const message = 'workflow_call key is not defined in the referenced workflow.';
    faults.error('not-callable', message, job.uses);
    return faults.list();
  }
  checkInputs(job, definitions, faults);
  checkSecrets(job, definitions, faults);
  if (allowed !== undefined) checkPermissions({ job, callee, allowed }, faults);
  return faults.list();
}

function checkInputs(job: CallJob, { inputs }: CallDefinitions, faults: Faults): void {
  const given = byName(job.with);
  for (const input of inputs) {
    const value = given.get(foldCase(input.name))?.value;
    if (value !== undefined) checkInputValue(input, value, faults);
    else if (input.required) {
      faults.error('missing-input', `Input ${input.name} is required, but not provided while calling.`, job.uses);
    }
  }
  const known = new Set(inputs.map(({ name }) => foldCase(name)));
  for (const [name, { key, value }] of given) {
    if (known.has(name)) continue;
    const message = `Invalid input, ${keyText(key)} is not defined in the referenced workflow.`;
    faults.error('unknown-input', message, value);
  }
}

function checkSecrets(job: CallJob, { secrets }: CallDefinitions, faults: Faults): void {
  if (textOf(job.secrets)?.value === 'inherit') return;
  const given = byName(job.secrets);
  for (const { name, required } of secrets) {
    if (!required || given.has(foldCase(name))) continue;
    faults.error('missing-secret', `Secret ${name} is required, but not provided while calling.`, job.uses);
  }
  const known = new Set(secrets.map(({ name }) => foldCase(name)));
  for (const [name, { key, value }] of given) {
    if (known.has(name)) continue;
    const message = `Invalid secret, ${keyText(key)} is not defined in the referenced workflow.`;
    faults.error('unknown-secret', message, value);
  }
}

function byName(node: Node | undefined): ReadonlyMap<string, MappingEntry> {
  const literal = entriesOf(node).filter(({ key }) => !isExpression(key));
  return new Map(literal.map((entry) => [foldCase(keyText(entry.key)), entry]));
}

function checkPermissions({ job, callee, allowed }: Required<Omit<Call, 'file'>>, faults: Faults): void {
  const check = (who: string, node: Node | undefined): void => {
    const requested = readPermissions(node);
    const exceeded = requested === undefined ? [] : exceededPermissions(requested, allowed ?? requested);
    if (exceeded.length === 0) return;
    const asks = describePermissions(exceeded, 'requested');
    const has = describePermissions(exceeded, 'allowed');
    const message = `Error calling workflow '${job.uses.value}'. ${who} is requesting '${asks}', but is only allowed '${has}'.`;
    faults.error('permissions', message, idOf(job));
  };
  check('The workflow', callee.permissions);
  for (const nested of callee.jobs) check(`The nested job '${nested.id}'`, nested.permissions);
}

function idOf({ id, at }: CallJob): { readonly at?: SourceRange } {
  if (at === undefined) return {};
  const { line, column } = at.start;
  return { at: { start: at.start, end: { line, column: column + id.length } } };
}
