import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { TASK_DEFAULTS } from '../src/orchestrator/build-config.ts';
import { parseDuration } from '../src/shared/quantity.ts';

interface Definition {
  readonly inputs: Readonly<Record<string, { readonly description?: string; readonly default?: unknown }>>;
  readonly runs: { readonly using: string; readonly main: string };
}

interface Step {
  readonly uses: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

const SAMPLES = join(import.meta.dirname, '../src/orchestrator/export/samples');
const names = ['prepare-task', 'run-task', 'finish-task', 'conclude-review', 'summarize-tasks'] as const;
const definitions = new Map(names.map((name) => [name as string, definitionOf(name)]));

function definitionOf(name: string): Definition {
  return parse(readFileSync(join(import.meta.dirname, name, 'action.yml'), 'utf8')) as Definition;
}

function defaultOf(action: string, input: string): string {
  return String(definitions.get(action)?.inputs[input]?.default);
}

describe('the definitions of the actions', () => {
  it.each(names)('%s says what each input is, and starts its bundle', (name) => {
    const { inputs, runs } = definitionOf(name);
    expect(runs).toEqual({ using: 'node24', main: 'index.mjs' });
    for (const [input, { description }] of Object.entries(inputs))
      expect([input, description]).toEqual([input, expect.stringMatching(/^[A-Z].{8,}[^.]$/)]);
  });

  it('know every input that exported workflows give', () => {
    const given = new Map<string, Set<string>>(names.map((name) => [name, new Set()]));
    for (const file of readdirSync(SAMPLES).filter((name) => name.endsWith('.yml'))) {
      const { jobs } = parse(readFileSync(join(SAMPLES, file), 'utf8')) as {
        readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
      };
      for (const step of Object.values(jobs).flatMap((job) => job.steps)) {
        const action = names.find((name) => step.uses.includes(`/${name}`)) ?? '';
        for (const input of Object.keys(step.with ?? {})) given.get(action)?.add(input);
      }
    }
    for (const [action, inputs] of given) {
      const known = Object.keys(definitions.get(action)?.inputs ?? {});
      expect([...inputs].filter((input) => !known.includes(input))).toEqual([]);
      // What a runner fills in is in no workflow; of the others the samples give most.
      expect([action, inputs.size]).toEqual([action, expect.toSatisfy((size: number) => size >= known.length / 2)]);
    }
  });

  // What is at its default is left out of a workflow, so both sides have to mean the same by it.
  it('have the defaults of orchestrator.yaml', () => {
    const spans = { timeout: 'timeout', 'retry-delay': 'retryDelay', 'verify-timeout': 'verifyTimeout' } as const;
    for (const [input, key] of Object.entries(spans))
      expect([input, parseDuration(defaultOf('run-task', input))]).toEqual([input, TASK_DEFAULTS[key]]);
    expect(parseDuration(defaultOf('prepare-task', 'setup-timeout'))).toBe(600_000);
    expect(defaultOf('run-task', 'retries')).toBe(String(TASK_DEFAULTS.retries));
    expect(defaultOf('run-task', 'retry-from')).toBe(TASK_DEFAULTS.retryFrom);
    expect(defaultOf('run-task', 'changes')).toBe(TASK_DEFAULTS.changes);
    expect(defaultOf('finish-task', 'commit')).toBe(String(TASK_DEFAULTS.commit));
    for (const action of ['prepare-task', 'finish-task']) expect(defaultOf(action, 'transport')).toBe('artifacts');
  });
});
