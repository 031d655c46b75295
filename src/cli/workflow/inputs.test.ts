import { describe, expect, test } from 'vitest';
import { parseWorkflow } from '../../workflow/parse/index.ts';
import { readInputs } from './inputs.ts';

const ON = `
on:
  workflow_dispatch:
    inputs:
      level: { type: choice, options: [low, high], default: low }
      dry: { type: boolean }
      count: { type: number, default: 3 }
      name: { required: true }
      Note: {}
  workflow_call:
    inputs:
      ref: { type: string, default: "\${{ github.ref_name }}" }
      times: { type: number, required: true }
  push:
jobs:
  a: { runs-on: ubuntu-latest, steps: [{ run: "true" }] }
`;

function read(event: string, named: Record<string, string>, shared: Record<string, string> = {}) {
  const parsed = parseWorkflow(ON, 'w.yml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const contexts = { github: { ref_name: 'main' }, vars: {} };
  return readInputs(parsed.value.value.on, event, { named, shared }, contexts);
}

describe('inputs', () => {
  test('have their types in the context and are texts in the payload', () => {
    expect(read('workflow_dispatch', { name: 'x', DRY: 'true', note: '1' })).toEqual({
      ok: true,
      value: {
        values: { level: 'low', dry: true, count: 3, name: 'x', Note: '1' },
        texts: { level: 'low', dry: 'true', count: '3', name: 'x', Note: '1' },
      },
    });
  });

  test('that nobody gives are empty by their types, or what their default says', () => {
    expect(read('workflow_dispatch', { name: '' })).toMatchObject({
      ok: true,
      value: { values: { dry: false, Note: '' } },
    });
    expect(read('workflow_call', { times: '2' })).toMatchObject({ value: { values: { ref: 'main', times: 2 } } });
  });

  test.each<[string, string, Record<string, string>, string]>([
    ['a missing one', 'workflow_dispatch', {}, "Required input 'name' not provided"],
    ['no option', 'workflow_dispatch', { name: 'x', level: 'mid' }, 'not in the list of allowed values: low, high'],
    ['no boolean', 'workflow_dispatch', { name: 'x', dry: 'yes' }, "Provided value 'yes' for input 'dry'"],
    ['no number', 'workflow_dispatch', { name: 'x', count: 'many' }, 'is not a number'],
    ['an unknown one', 'workflow_dispatch', { name: 'x', nmae: 'y' }, 'Unexpected inputs provided: ["nmae"]'],
    ['another event', 'push', { name: 'x' }, 'the event push takes no inputs'],
  ])('are refused: %s', (_, event, given, message) => {
    const result = read(event, given);
    expect(result.ok ? [] : result.error).toEqual([expect.stringContaining(message)]);
  });

  test('of a shared file may be unknown, and those of the command line win', () => {
    const result = read('workflow_dispatch', { name: 'mine' }, { name: 'shared', other: 'x', count: '7' });
    expect(result).toMatchObject({ ok: true, value: { values: { name: 'mine', count: 7 } } });
    expect(read('push', {}, { name: 'x' })).toEqual({ ok: true, value: { values: {}, texts: {} } });
  });

  test('that are required may be missing when nothing is run', () => {
    const parsed = parseWorkflow(ON, 'w.yml');
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
    const given = { named: {}, shared: {}, lenient: true };
    const contexts = { github: { ref_name: 'main' }, vars: {} };
    expect(readInputs(parsed.value.value.on, 'workflow_dispatch', given, contexts)).toMatchObject({
      value: { values: { name: '' } },
    });
  });
});
