import { expect, it } from 'vitest';
import { readCreateOptions } from './create-options.ts';
import { namesIn } from './volumes.ts';

it.each([
  ['', []],
  ['-v data:/x -v data:/y:ro -v other.one:/z', ['data', 'other.one']],
  ['-v /here:/x -v ./here:/y -v ~/here:/z -v /anonymous', []],
  ['--mount type=volume,source=data,target=/x --mount type=bind,source=/here,target=/y', ['data']],
  ['--mount type=volume,target=/x --mount type=tmpfs,target=/y', []],
])('the volumes in %j', (options, names) => {
  const draft = readCreateOptions(options);
  if (!draft.ok) throw new Error(draft.error);
  expect([...namesIn(draft.value)]).toEqual(names);
});
