/** Holds documents against what was agreed on: they are there, they are text, and each section says something. */
import { formatBytes } from '../../shared/quantity.ts';
import { type Contract, type ContractFault, DOCUMENT_LIMIT, type ReadFile, type Unseen } from './contract.ts';
import { readFrontMatter, splitFrontMatter } from './front-matter.ts';
import { readSections, type Section } from './markdown.ts';
import { isFilled, sectionsNamed } from './section-content.ts';

/** A document as it was read, whatever is wrong with it. */
export interface ContractCheck {
  readonly faults: readonly ContractFault[];
  /** Fields of the front matter. */
  readonly values: ReadonlyMap<string, string>;
  readonly sections: readonly Section[];
  /** All of it; empty when it could not be read. */
  readonly text: string;
}

/** The faults of all documents, in the order of the contracts. Templates are read by the same reader. */
export async function checkContracts(
  contracts: readonly Contract[],
  read: ReadFile,
): Promise<readonly ContractFault[]> {
  const checks: ContractCheck[] = [];
  for (const contract of contracts) checks.push(await checkContract(contract, read));
  return checks.flatMap(({ faults }) => faults);
}

export async function checkContract(contract: Contract, read: ReadFile): Promise<ContractCheck> {
  const text = textOf(contract.path, await read(contract.path, DOCUMENT_LIMIT));
  if (!text.ok) return { faults: [faultOf(contract, text)], values: new Map(), sections: [], text: '' };
  const { frontMatter, body, bodyLine } = splitFrontMatter(text.value);
  const fields = readFrontMatter(frontMatter, contract.frontMatter ?? []);
  const sections = readSections(body, bodyLine);
  const template = await readTemplate(contract, read);
  const faults = [
    ...fields.faults.map((fault) => faultOf(contract, fault)),
    ...contract.sections.flatMap((title) => checkSection(contract, title, { sections, template })),
  ];
  return { faults, values: fields.values, sections, text: text.value };
}

type Text =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly code: ContractFault['code']; readonly message: string };

function textOf(path: string, found: Awaited<ReturnType<ReadFile>>): Text {
  const invalid = (message: string): Text => ({ ok: false, code: 'artifact-invalid', message });
  switch (found.kind) {
    case 'absent':
      return { ok: false, code: 'artifact-missing', message: 'is missing' };
    case 'unseen':
      return { ok: false, code: 'artifact-missing', message: whyUnseen(path, found) };
    case 'link':
      return invalid('is a symbolic link, or lies behind one; it has to be a file');
    case 'not-file':
      return invalid('is not a regular file');
    case 'too-large':
      return invalid(`has ${formatBytes(found.size)}; a report may have ${formatBytes(DOCUMENT_LIMIT)}`);
    case 'file':
      return decode(found.bytes) ?? invalid('is not UTF-8 text');
  }
}

function whyUnseen(path: string, { isThere, rule }: Unseen): string {
  if (rule === undefined)
    return 'is there, but git does not see it: it is behind a link, or not part of this repository';
  const what = isThere ? `is ignored by ${rule}` : `is missing, and would be ignored by ${rule}`;
  return `${what}, so that no commit has it: take that rule away, or add ${wayBack(path, rule)}`;
}

/** What stands in a folder comes before what stands above it, and that before the files outside of the tree. */
function wayBack(path: string, rule: string): string {
  const [file = ''] = rule.split(':', 1);
  const folder = file.endsWith('/.gitignore') ? file.slice(0, -'.gitignore'.length) : '';
  const [own, inside] = path.startsWith(folder)
    ? [`${folder}.gitignore`, path.slice(folder.length)]
    : ['.gitignore', path];
  const top = `!/${inside.split('/', 1)[0]}`;
  return `${inside.includes('/') ? `the lines ${top}/ and ${top}/**` : `the line ${top}`} at the end of ${own}`;
}

/** A byte order mark at the beginning is taken away. */
function decode(bytes: Uint8Array): Text | undefined {
  try {
    const value = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (value.trim() === '') return { ok: false, code: 'artifact-incomplete', message: 'is empty' };
    return value.includes('\0') ? undefined : { ok: true, value };
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** None at hand is no fault of the task's. */
async function readTemplate({ template }: Contract, read: ReadFile): Promise<readonly Section[]> {
  if (template === undefined) return [];
  const text = textOf(template, await read(template, DOCUMENT_LIMIT));
  return text.ok ? readSections(splitFrontMatter(text.value).body) : [];
}

interface Sections {
  readonly sections: readonly Section[];
  readonly template: readonly Section[];
}

function checkSection(contract: Contract, title: string, { sections, template }: Sections): readonly ContractFault[] {
  const named = sectionsNamed(sections, title);
  const [first] = named;
  const fault = { code: 'artifact-incomplete', section: title } as const;
  if (first === undefined) return [faultOf(contract, { ...fault, message: `has no section ${JSON.stringify(title)}` })];
  const placeholders = sectionsNamed(template, title);
  if (named.some((section) => isFilled(section, placeholders))) return [];
  return [faultOf(contract, { ...fault, line: first.line, message: `section ${JSON.stringify(title)} is empty` })];
}

function faultOf({ path, template }: Contract, fault: Omit<ContractFault, 'path'>): ContractFault {
  const { code, section, line, message } = fault;
  return {
    code,
    path,
    message: line === undefined ? `${path} ${message}` : `${path}:${line}: ${message}`,
    ...(section !== undefined && { section }),
    ...(line !== undefined && { line }),
    ...(template !== undefined && { template }),
  };
}
