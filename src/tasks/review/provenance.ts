/** What orch itself says in a report of the context that the reviewer had. Whatever the reviewer said of it goes. */
import { Document, isMap, isScalar } from 'yaml';
import type { ContextProvenance } from '../../shared/verdict.ts';
import { composeYaml } from '../../shared/yaml.ts';
import { FRONT_MATTER_LIMITS, readFrontMatter, splitFrontMatter } from '../contracts/front-matter.ts';

export interface Provenance {
  readonly provenance: ContextProvenance;
  /** SHA-256 in hex, by the name of what was given. */
  readonly given: Readonly<Record<string, string>>;
}

/** The fields that are orch's alone. */
const OWN = ['context_provenance', 'context_given'];

/** The report's text with these fields in its front matter, which was found to be good. */
export function stampProvenance(text: string, stamp: Provenance): string {
  const { frontMatter = '', body } = splitFrontMatter(text);
  const { composed } = composeYaml(frontMatter, FRONT_MATTER_LIMITS);
  const { values } = readFrontMatter(frontMatter, []);
  if (composed.kind === 'limit') throw new Error('front matter that was accepted cannot be read');
  const kept = stamped(composed.document, stamp, body);
  const read = readFrontMatter(splitFrontMatter(kept).frontMatter, []).values;
  const isWhole = [...values].every(([name, value]) => isOwn(name) || read.get(name) === value);
  if (isWhole && read.get('context_provenance') === stamp.provenance) return kept;
  // What stands in odd places does not survive being written again; the fields that count do.
  const plain = [...values].filter(([name]) => /^[\w.-]+$/.test(name));
  return stamped(new Document(Object.fromEntries(plain)), stamp, body);
}

function stamped(document: Document, { provenance, given }: Provenance, body: string): string {
  const { contents } = document;
  if (!isMap(contents)) throw new Error('front matter that was accepted is none');
  contents.items = contents.items.filter(({ key }) => !isScalar(key) || !isOwn(key.value));
  document.set('context_provenance', provenance);
  const hashes = Object.entries(given).map(([name, hash]) => [name, `sha256:${hash}`] as const);
  document.set('context_given', document.createNode(Object.fromEntries(hashes)));
  return `---\n${document.toString({ lineWidth: 0 })}---\n${body}`;
}

/** However it is spelt, so that nobody reads another's word for orch's. */
function isOwn(key: unknown): boolean {
  return typeof key === 'string' && OWN.includes(key.trim().toLowerCase().replace(/[-\s]/g, '_'));
}
