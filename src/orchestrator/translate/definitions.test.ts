import { describe, expect, it } from 'vitest';
import { configOf } from '../testing/marked.ts';
import { translate } from './translate.ts';

const definition = (text: string): string | undefined =>
  translate(configOf(`version: 1\n${text}`)).definitions.get('a');
const task = (rest: string, top = ''): string => `${top}\ntasks: [{ name: a, command: x${rest} }]`;

const plain = definition(task(''));

describe('a definition', () => {
  it.each([
    ['the place in the file', `\n\n# moved\n${task('')}`],
    ['a description', task(', description: words')],
    ['a mutex', task(', mutex: m')],
    ['parallelism', task('', 'max_parallel: 3')],
    ['what happens to others on failure', task('', 'on_failure: kill')],
    ['inputs that the task does not mention', task('', 'inputs: { i: 1 }')],
    ['a default that says the same', task('', 'defaults: { retries: 0 }')],
  ])('does not depend on %s', (_title, text) => {
    expect(definition(text)).toBe(plain);
  });

  it.each([
    ['the command', 'tasks: [{ name: a, command: y }]'],
    ['the environment', task(', env: { A: 1 }')],
    ['the environment of all', task('', 'env: { A: 1 }')],
    ['what is verified', task(', verify: v')],
    ['secrets', task(', secrets: [S]')],
    ['the preparation', task('', 'worktrees: { setup: s }')],
    ['clocks', task(', timeout: 2h')],
    ['a matrix', task(', matrix: { x: [1] }')],
  ])('depends on %s', (_title, text) => {
    expect(definition(text)).not.toBe(plain);
  });

  it('depends on the inputs and variables that it mentions', () => {
    const using = (stage: string): string | undefined =>
      definition(task(', env: { S: "${{ inputs.stage }}" }', `inputs: { stage: ${stage} }`));
    expect(using('test')).not.toBe(using('production'));
    const team = (name: string): string | undefined => definition(task(', if: vars.TEAM', `vars: { TEAM: ${name} }`));
    expect(team('red')).not.toBe(team('blue'));
  });

  it('is JSON without places', () => {
    expect(plain).not.toContain('"at"');
    expect(() => JSON.parse(plain ?? '')).not.toThrow();
  });
});
