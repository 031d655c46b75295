import { createRequire } from 'node:module';
import { cruise } from 'dependency-cruiser';
import { expect, it } from 'vitest';

const config = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
  readonly forbidden: readonly object[];
  readonly options: object;
};

it('the code obeys the dependency table', async () => {
  const { output } = await cruise(['src', 'action-templates'], {
    ruleSet: { forbidden: config.forbidden },
    validate: true,
    ...config.options,
  } as never);
  if (typeof output === 'string') throw new Error('expected a cruise result');
  const { summary } = output;
  expect(summary.violations.map((v) => `${v.rule.name}: ${v.from} -> ${v.to}`)).toEqual([]);
  // A rule that sees no file proves nothing.
  expect(summary.totalCruised).toBeGreaterThan(60);
}, 60_000);
