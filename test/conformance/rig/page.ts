/** Writes docs/compatibility.md from the tables. */
import type { Feature, Subject } from './feature.ts';

const STATUSES = ['works', 'differs', 'not yet'] as const;

export function renderPage(subjects: readonly Subject[]): string {
  const features = subjects.flatMap((subject) => subject.features);
  const [same, different, missing] = STATUSES.map((status) => count(features, status));
  const lines = [
    '# Compatibility with GitHub Actions',
    '',
    'Does my workflow run here? Each line below is a feature of GitHub Actions. What *works* or *differs* is tested as it',
    'stands here, most of it by workflows that the built command runs, and this page is written by those tests (see',
    '[CONTRIBUTING](../CONTRIBUTING.md#tests)), so that it says no more than what is so.',
    '',
    `**${features.length} features: ${same} work as on GitHub, ${different} differ, ${missing} are not there yet.**`,
    '',
    'To try your own: `orch validate .github/workflows/ci.yml` says what GitHub would say of the file, and',
    '`orch run .github/workflows/ci.yml` runs it; [workflows](workflows.md) has the rest.',
    '',
    '## In short',
    '',
    `| subject | ${STATUSES.join(' | ')} |`,
    '| --- | --: | --: | --: |',
    ...subjects.map((subject) => `| [${subject.title}](#${anchor(subject.title)}) | ${figures(subject)} |`),
    '',
    ...list('What is not there yet', subjects, 'not yet'),
    ...list('What differs', subjects, 'differs'),
    ...subjects.flatMap(section),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function count(features: readonly Feature[], status: Feature['status']): number {
  return features.filter((feature) => feature.status === status).length;
}

function figures({ features }: Subject): string {
  return STATUSES.map((status) => count(features, status) || '').join(' | ');
}

function list(title: string, subjects: readonly Subject[], status: Feature['status']): readonly string[] {
  const items = subjects.flatMap(({ features }) => features.filter((feature) => feature.status === status));
  if (items.length === 0) return [];
  return [`### ${title}`, '', ...items.map(({ feature, note }) => `- ${feature}. Here: ${note}.`), ''];
}

function section({ title, features }: Subject): readonly string[] {
  return [
    `## ${title}`,
    '',
    '| feature | here | how |',
    '| --- | --- | --- |',
    ...features.map(({ feature, status, note }) => `| ${cell(feature)} | ${status} | ${cell(note)} |`),
    '',
  ];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** As GitHub makes it of a heading. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}
