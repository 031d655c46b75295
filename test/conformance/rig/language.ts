/** Checks of the language alone: what is read, refused, evaluated, expanded and triggered, without running anything. */
import { expect } from 'vitest';
import {
  evaluateForPeople,
  expandMatrix,
  type Json,
  judgeTrigger,
  type TriggerEvent,
} from '../../../src/workflow/index.ts';
import { githubWording, parseAction } from '../../../src/workflow/parse/index.ts';
import { problems, withJob, workflowOf } from '../../../src/workflow/parse/testing/reading.ts';
import type { Check } from './feature.ts';

const MAX_TITLE = 100;

function titled(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > MAX_TITLE ? `${line.slice(0, MAX_TITLE)}…` : line;
}

/** The workflow is sound. */
export function reads(yaml: string): Check {
  return { what: titled(`reads ${yaml}`), actual: () => problems(yaml), expected: [] };
}

/** GitHub's message is among those about the workflow, `LINE:COLUMN MESSAGE`, of which a part is enough. */
export function refuses(yaml: string, part: string): Check {
  return {
    what: titled(`refuses ${yaml}`),
    actual: () => problems(yaml),
    expected: expect.arrayContaining([expect.stringContaining(part)]),
  };
}

/** The same of a workflow with this in its only job, and `top` beside its jobs. */
export function readsJob(job: string, top = ''): Check {
  return reads(withJob(job, top));
}

export function refusesJob(job: string, part: string, top = ''): Check {
  return refuses(withJob(job, top), part);
}

/** The same of a workflow that has this for its `on`. */
export function readsOn(on: string): Check {
  return reads(withOn(on));
}

export function refusesOn(on: string, part: string): Check {
  return refuses(withOn(on), part);
}

function withOn(on: string): string {
  return `on: ${on}\njobs: { j: { runs-on: x, steps: [{ run: x }] } }`;
}

/** Of an action's manifest. */
export function readsAction(yaml: string): Check {
  return { what: titled(`reads ${yaml}`), actual: () => problemsOfAction(yaml), expected: [] };
}

export function refusesAction(yaml: string, part: string): Check {
  const expected = expect.arrayContaining([expect.stringContaining(part)]);
  return { what: titled(`refuses ${yaml}`), actual: () => problemsOfAction(yaml), expected };
}

export function problemsOfAction(yaml: string): readonly string[] {
  const parsed = parseAction(yaml, 'action.yml');
  return githubWording(parsed.ok ? parsed.value.warnings : parsed.error);
}

const CONTEXTS = {
  github: { ref: 'refs/heads/main', event: { number: 7 } },
  o: { Foo: { bar: 1 }, list: [10, 20, [30]], none: null, constructor: 'own' },
  people: [{ name: 'ann', tags: ['x', 'y'] }, { name: 'bob', tags: [] }, { age: 3 }, 'text'],
};

export function evaluates(expression: string, value: Json): Check {
  return {
    what: titled(`${expression} is ${JSON.stringify(value)}`),
    actual: () => {
      const answer = evaluateForPeople(expression, CONTEXTS);
      return 'error' in answer ? answer.error : answer.value;
    },
    expected: value,
  };
}

export function cannotEvaluate(expression: string, part: string): Check {
  return {
    what: titled(`${expression} is an error`),
    actual: () => evaluateForPeople(expression, CONTEXTS),
    expected: { error: expect.objectContaining({ message: expect.stringContaining(part) }) },
  };
}

/** The legs of a matrix, each as `KEY:VALUE,…`. */
export function expands(matrix: Json, legs: readonly string[]): Check {
  return {
    what: titled(JSON.stringify(matrix)),
    actual: () => {
      const expanded = expandMatrix(matrix);
      if (!expanded.ok) return expanded.error;
      return expanded.value.map(({ values }) => JSON.stringify(values).replaceAll(/["{}]/g, ''));
    },
    expected: legs,
  };
}

export function cannotExpand(matrix: Json, message: string): Check {
  return {
    what: titled(JSON.stringify(matrix)),
    actual: () => expandMatrix(matrix),
    expected: { ok: false, error: message },
  };
}

/** Whether an event starts a workflow with this `on`. */
export function triggers(on: string, event: TriggerEvent): Check {
  return {
    what: titled(`${on} starts on ${JSON.stringify(event)}`),
    actual: () => judgeTrigger(workflowOf(withOn(on)).on, event).starts,
    expected: true,
  };
}

export function ignores(on: string, event: TriggerEvent): Check {
  return { ...triggers(on, event), what: titled(`${on} ignores ${JSON.stringify(event)}`), expected: false };
}
