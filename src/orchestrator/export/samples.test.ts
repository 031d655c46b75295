import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseWorkflow } from '../../workflow/parse/index.ts';
import { configOf } from '../testing/marked.ts';
import { type ExportedFile, type ExportRequest, exportFile } from './files.ts';

const FOLDER = join(import.meta.dirname, 'samples');
const samples = readdirSync(FOLDER).flatMap((name) => (name.endsWith('.yaml') ? [name.slice(0, -'.yaml'.length)] : []));

/** Ways of exporting that change more than a word. */
const OPTIONS: Readonly<Record<string, Partial<ExportRequest>>> = {
  review: { transport: 'branches' },
  secrets: { transport: 'branches', events: 'push:main,workflow_dispatch' },
  mutex: { actions: { kind: 'repository', repository: 'me/orch', ref: 'a'.repeat(40), release: 'v1.2.0' } },
  inputs: { events: 'schedule:0 6 * * 1-5,pull_request' },
  artifacts: { runsOn: ['self-hosted', 'linux'], events: 'workflow_run:Build' },
};

function exported(name: string): ExportedFile {
  const request = {
    actions: { kind: 'vendored' },
    events: '',
    runsOn: ['ubuntu-latest'],
    transport: 'artifacts',
    source: `${name}.yaml`,
    command: `orch export-gha --config ${name}.yaml`,
    ...OPTIONS[name],
  } as const;
  const file = exportFile(configOf(readFileSync(join(FOLDER, `${name}.yaml`), 'utf8')), request);
  if (!file.ok) throw new Error(file.error);
  return file.value;
}

describe.each(samples)('%s', (name) => {
  const { text, review } = exported(name);

  it('is exported as it stands beside the config', async () => {
    await expect(text).toMatchFileSnapshot(join(FOLDER, `${name}.yml`));
  });

  it('is a workflow that nothing is said against', () => {
    for (const one of [text, ...(review === undefined ? [] : [review.text])]) {
      const parsed = parseWorkflow(one, `${name}.yml`);
      expect(parsed.ok ? parsed.value.warnings : parsed.error).toEqual([]);
    }
  });
});

it('there are samples of most that can be said', () => {
  expect(samples.length).toBeGreaterThanOrEqual(11);
});

const reviews = samples.flatMap((name) => exported(name).review ?? []);

it.each(reviews)('$name, which reviews the runs of another, is exported as it stands too', async ({ name, text }) => {
  await expect(text).toMatchFileSnapshot(join(FOLDER, `reviews/${name}`));
});

it('there is a sample of a review', () => {
  expect(reviews).toHaveLength(1);
});
