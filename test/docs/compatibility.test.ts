import { expect, it } from 'vitest';
import { renderPage } from '../conformance/rig/page.ts';
import { SUBJECTS } from '../conformance/subjects/index.ts';

it('docs/compatibility.md is what the tables of test/conformance say; npm run docs:compatibility writes it', async () => {
  await expect(renderPage(SUBJECTS)).toMatchFileSnapshot('../../docs/compatibility.md');
});

it('each feature is told once, and says how where it is not as on GitHub', () => {
  const features = SUBJECTS.flatMap((subject) => subject.features);
  const names = features.map(({ feature }) => feature);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  expect(
    features.filter(({ status, note }) => (status === 'works') !== (note === '')).map(({ feature }) => feature),
  ).toEqual([]);
});
