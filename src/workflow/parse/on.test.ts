import { describe, expect, it } from 'vitest';
import { EVENT_NAMES } from '../event-names.ts';
import { readCallDefinitions, readDispatchInputs } from '../input-definitions.ts';
import { plain, problems, workflowOf } from './testing/reading.ts';

const withOn = (on: string): string => `on: ${on}\njobs: { j: { runs-on: x, steps: [{ run: x }] } }`;
const dispatch = (inputs: string): string => withOn(`{ workflow_dispatch: { inputs: ${inputs} } }`);
const call = (definitions: string): string => withOn(`{ workflow_call: ${definitions} }`);

// A schedule wants its lines.
const EVENTS = EVENT_NAMES.filter((name) => name !== 'schedule');

describe('events (O1, O2)', () => {
  it.each(EVENTS)('%s, as a word, in a list and as a key', (event) => {
    for (const on of [event, `[${event}]`, `{ ${event}: }`]) expect(problems(withOn(on))).toEqual([]);
  });

  it('are all there are', () => {
    expect(EVENT_NAMES).toHaveLength(37);
    expect(problems(withOn("{ schedule: [{ cron: '0 0 * * *' }] }"))).toEqual([]);
  });

  it.each(['deployment_protection_rule', 'member', 'Push'])('%s is none', (event) => {
    expect(problems(withOn(event))).toEqual([`1:5 Unexpected value '${event}'`]);
    expect(problems(withOn(`{ ${event}: }`))).toContainEqual(`1:7 Unexpected value '${event}'`);
  });
});

describe('types and filters (O3, O4)', () => {
  it.each([
    '{ pull_request: { types: [stacked, enqueued, dequeued, milestoned, demilestoned], branches: a, paths-ignore: [b] } }',
    '{ issues: { types: field_added } }',
    '{ push: { branches: [a], tags-ignore: [b], paths: [c] } }',
    '{ merge_group: { branches-ignore: [a], types: checks_requested } }',
    '{ workflow_run: { workflows: [w], types: completed, branches: [a] } }',
    '{ image_version: { names: [n], versions: [1.*] } }',
  ])('%s', (on) => {
    expect(problems(withOn(on))).toEqual([]);
  });

  it.each([
    [
      '{ push: { branches: [a], branches-ignore: [b] } }',
      '1:30 you may only define one of `branches` and `branches-ignore` for a single event',
    ],
    [
      '{ push: { tags-ignore: [a], tags: [b] } }',
      '1:33 you may only define one of `tags` and `tags-ignore` for a single event',
    ],
    ['{ push: { types: [a] } }', "1:15 Unexpected value 'types'"],
    ['{ issues: { types: [closing] } }', "1:25 Unexpected value 'closing'"],
    ['{ push: { branches: ["!a"] } }', '1:25 `branches` has only patterns that leave out, so that nothing matches'],
    ["{ push: { branches: '' } }", "1:25 Unexpected value ''"],
  ])('%s', (on, line) => {
    expect(problems(withOn(on))).toEqual([line]);
  });
});

describe('schedule (O7)', () => {
  it('takes a time zone', () => {
    expect(problems(withOn("{ schedule: [{ cron: '5 4 * * sun', timezone: Europe/Paris }] }"))).toEqual([]);
  });

  it.each([
    [
      "{ schedule: [{ cron: '60 * * * *' }] }",
      "1:26 Invalid cron expression. Expected format: '* * * * *' (minute hour day month weekday)",
    ],
    ["{ schedule: [{ cron: '*/2 * * * *' }] }", '1:26 GitHub starts scheduled workflows every 5 minutes at most'],
    [
      "{ schedule: [{ cron: '0 0 * * *', timezone: Mars/Base }] }",
      "1:49 'Mars/Base' is not a time zone of the IANA database",
    ],
    [
      "{ schedule: [{ cron: '0 0 * * *', timezone: '+02:00' }] }",
      "1:49 '+02:00' is not a time zone of the IANA database",
    ],
    ['{ schedule: [{ timezone: UTC }] }', '1:18 Required property is missing: cron'],
    ['{ schedule: }', "1:17 Unexpected value ''"],
  ])('%s', (on, line) => {
    expect(problems(withOn(on))).toEqual([line]);
  });
});

describe('workflow_dispatch (O8)', () => {
  it('gives typed definitions', () => {
    const inputs =
      '{ s: , b: { type: boolean, default: true, required: true }, n: { type: number, default: 1 }, ' +
      'c: { type: choice, options: [a, 2], default: 2, description: d }, e: { type: environment } }';
    const { on } = workflowOf(dispatch(inputs.replace('s: ,', 's: {},')));
    expect(plain(readDispatchInputs(on))).toEqual([
      { name: 's', type: 'string', required: false, options: [] },
      { name: 'b', type: 'boolean', required: true, default: true, options: [] },
      { name: 'n', type: 'number', required: false, default: 1, options: [] },
      { name: 'c', type: 'choice', required: false, default: 2, options: ['a', '2'], description: 'd' },
      { name: 'e', type: 'environment', required: false, options: [] },
    ]);
    expect(readDispatchInputs(workflowOf(withOn('push')).on)).toBeUndefined();
    expect(readDispatchInputs(workflowOf(withOn('workflow_dispatch')).on)).toEqual([]);
    expect(readDispatchInputs(workflowOf(withOn('{ workflow_dispatch: { inputs: } }')).on)).toEqual([]);
  });

  it.each([
    ['{ c: { type: choice } }', "1:41 Missing 'options' for choice input"],
    ['{ c: { options: [a] } }', "1:41 Input type is not 'choice', but 'options' is defined"],
    [
      '{ c: { type: choice, options: [a], default: b } }',
      "1:80 The default 'b' of the input 'c' is not among its options",
    ],
    ['{ b: { type: boolean, default: maybe } }', "1:67 Unexpected value 'maybe'"],
    ["{ b: { type: boolean, default: 'true' } }", "1:67 The default 'true' is a text; leave the quotes out"],
    ['{ n: { type: number, default: many } }', "1:66 Unexpected value 'many'"],
    ['{ n: { type: date } }', "1:49 Unexpected value 'date'"],
  ])('%s', (inputs, line) => {
    expect(problems(dispatch(inputs))).toEqual([line]);
  });

  it.each([
    [25, []],
    [26, ['1:28 you may only define up to 25 `inputs` for a `workflow_dispatch` event']],
  ])('%d inputs', (count, lines) => {
    const inputs = Array.from({ length: count }, (_, n) => `i${n}: {}`).join(', ');
    expect(problems(dispatch(`{ ${inputs} }`))).toEqual(lines);
  });
});

describe('workflow_call (O9)', () => {
  it('gives typed definitions', () => {
    const definitions =
      '{ inputs: { a: { type: string, default: "${{ github.ref }}" } }, secrets: { s: , t: { required: true } }, ' +
      'outputs: { o: { value: "${{ jobs.j.outputs.o }}" } } }';
    expect(plain(readCallDefinitions(workflowOf(call(definitions)).on))).toEqual({
      inputs: [{ name: 'a', type: 'string', required: false, default: '${{ github.ref }}', options: [] }],
      secrets: [
        { name: 's', required: false },
        { name: 't', required: true },
      ],
      outputs: [{ name: 'o', value: '${{ jobs.j.outputs.o }}' }],
    });
  });

  it.each([
    ['{ inputs: { a: {} } }', '1:37 Required property is missing: type'],
    ['{ inputs: { a: { type: choice } } }', "1:45 Unexpected value 'choice'"],
    ["{ inputs: { a: { type: boolean, default: 'true' } } }", "1:63 Unexpected value 'true'"],
    [
      '{ inputs: { a: { type: string, default: "${{ secrets.x }}" } } }',
      expect.stringMatching(/^1:62 Unrecognized named-value: 'secrets'/),
    ],
    ['{ outputs: { o: {} } }', '1:38 Required property is missing: value'],
    [
      '{ outputs: { o: { value: "${{ needs.x }}" } } }',
      expect.stringMatching(/^1:47 Unrecognized named-value: 'needs'/),
    ],
    [
      '{ secrets: { github_token: } }',
      '1:35 secret name `github_token` within `workflow_call` can not be used since it would collide with system reserved name',
    ],
  ])('%s', (definitions, line) => {
    expect(problems(call(definitions))).toEqual([line]);
  });
});
