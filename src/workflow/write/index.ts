/** Writing GitHub's files: a workflow as the text of its file. */
import { Document, isMap, isScalar, type Pair, visit, type YAMLMap } from 'yaml';
import type { Workflow } from '../model.ts';
import { workflowFields } from './fields.ts';
import { yamlMapping } from './yaml-nodes.ts';

export interface WriteOptions {
  /** Lines of the comment that opens the file. */
  readonly header?: readonly string[];
  /** By pinned reference, such as `actions/checkout@<sha>`: the release that it is, to be told behind it. */
  readonly releases?: ReadonlyMap<string, string>;
}

/** These stand together on top. */
const TITLES = new Set(['name', 'description', 'run-name']);

/**
 * The text of a workflow file. Reading it again gives the same workflow, places aside. Sections and jobs stand apart by
 * an empty line, lists of a few words are on one line, texts of many lines are as they were.
 */
export function writeWorkflow(workflow: Workflow, { header = [], releases = new Map() }: WriteOptions = {}): string {
  const root = yamlMapping(workflowFields(workflow));
  setApart(root.items.filter(({ key }) => isScalar(key) && !TITLES.has(String(key.value))));
  const jobs = root.get('jobs');
  if (isMap(jobs)) setApart(jobs.items.slice(1));
  tellReleases(root, releases);
  const document = new Document();
  document.contents = root as typeof document.contents;
  const comment = header.map((line) => `# ${line}`.trimEnd()).join('\n');
  const text = document.toString({ lineWidth: 0, nullStr: '', singleQuote: true, flowCollectionPadding: false });
  return comment === '' ? text.trimStart() : `${comment}\n\n${text.trimStart()}`;
}

function setApart(items: readonly Pair[]): void {
  for (const { key } of items) if (isScalar(key)) key.spaceBefore = true;
}

function tellReleases(root: YAMLMap, releases: ReadonlyMap<string, string>): void {
  visit(root, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.value !== 'uses' || !isScalar(value)) return;
      const release = releases.get(String(value.value));
      if (release !== undefined) value.comment = ` ${release}`;
    },
  });
}
