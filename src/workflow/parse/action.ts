/** An action's manifest: text to model, as loosely as the runner reads it. */
import type { Diagnostic } from '../../shared/diagnostic.ts';
import type { Result } from '../../shared/result.ts';
import type { Action, ActionInput, ActionOutput } from '../action.ts';
import type { MappingEntry, Node } from '../model.ts';
import { entriesOf, entryOf, keyText, present, scalarOf, textOf, valueOf } from '../nodes.ts';
import { collectFaults, conclude, type Faults, type Parsed } from './faults.ts';
import { readYaml } from './read-yaml.ts';
import { readRuns } from './runs.ts';
import { checkSchema } from './schema/check.ts';
import { loadActionSchema } from './schema/load.ts';

/** Reads an `action.yml`. Unknown keys beside `runs` are nobody's business. Never throws for what is in the text. */
export function parseAction(text: string, file: string): Result<Parsed<Action>, readonly Diagnostic[]> {
  const faults = collectFaults(file);
  const root = readYaml(text, faults);
  if (root === undefined) return conclude<Action>(undefined, faults);
  checkSchema(root, 'action-root', loadActionSchema(), faults);
  return conclude(readAction(root, { file, faults }), faults);
}

function readAction(
  root: Node,
  { file, faults }: { readonly file: string; readonly faults: Faults },
): Action | undefined {
  const runs = entryOf(root, 'runs');
  if (runs === undefined) {
    faults.error('missing-key', `Top level 'runs:' section is required for ${file}`, root);
    return undefined;
  }
  const read = readRuns(runs.value, faults);
  if (read === undefined) return undefined;
  return present<Action>({
    name: textOf(valueOf(root, 'name'))?.value,
    description: textOf(valueOf(root, 'description'))?.value,
    inputs: entriesOf(valueOf(root, 'inputs')).map(readInput),
    outputs: entriesOf(valueOf(root, 'outputs')).map(readOutput),
    runs: read,
  });
}

function readInput({ key, value }: MappingEntry): ActionInput {
  const required = scalarOf(valueOf(value, 'required'))?.value;
  return present<ActionInput>({
    name: keyText(key),
    description: textOf(valueOf(value, 'description'))?.value,
    required: required === true || required === 'true',
    default: scalarOf(valueOf(value, 'default')),
    deprecationMessage: textOf(valueOf(value, 'deprecationMessage'))?.value,
    at: key.at,
  });
}

function readOutput({ key, value }: MappingEntry): ActionOutput {
  return present<ActionOutput>({
    name: keyText(key),
    description: textOf(valueOf(value, 'description'))?.value,
    value: scalarOf(valueOf(value, 'value')),
  });
}
