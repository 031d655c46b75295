import { afterAll, describe, expect, it } from 'vitest';
import { cleanUpRuns } from './rig/run.ts';
import { SUBJECTS } from './subjects/index.ts';

afterAll(cleanUpRuns);

const rows = SUBJECTS.flatMap(({ title, features }) =>
  features.flatMap(({ feature, checks }) => checks.map((check) => [title, feature, check.what, check] as const)),
);

describe('what docs/compatibility.md says', () => {
  it.each(rows)('%s: %s: %s', async (_title, _feature, _what, { actual, expected }) => {
    expect(await actual()).toEqual(expected);
  });
});
