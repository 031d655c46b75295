/** What a document that a task has to leave must hold, and what is found wrong with one. */
import type { FailureCode } from '../../shared/failure.ts';

export interface Contract {
  /** Below the root of the tree, with `/`. */
  readonly path: string;
  /** Headings, at any level, each with something below it. */
  readonly sections: readonly string[];
  /** The fields that its front matter has to have. */
  readonly frontMatter?: readonly FrontMatterField[];
  /** Where a template of it is, for people and for comparison. */
  readonly template?: string;
}

export interface FrontMatterField {
  readonly name: string;
  /** Its values; any text when absent. */
  readonly oneOf?: readonly string[];
  /** The failure when it is not there; `artifact-invalid` unless said. */
  readonly missing?: FailureCode;
}

export interface ContractFault {
  readonly code: FailureCode;
  readonly path: string;
  readonly section?: string;
  /** From 1. */
  readonly line?: number;
  /** A sentence without its full stop: file, section and what is wrong. */
  readonly message: string;
  readonly template?: string;
}

/** What there is at a path of a tree. Links are not followed, and only regular files are read. */
export type FileRead =
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  /** Bytes. */
  | { readonly kind: 'too-large'; readonly size: number }
  | { readonly kind: 'absent' | 'link' | 'not-file' };

/** A file that is not in the tree, though it may be in the working tree: git ignores it, or does not see it. */
export interface Unseen {
  readonly kind: 'unseen';
  readonly isThere: boolean;
  /** That ignores it, in words: file, line and pattern. */
  readonly rule?: string;
}

/** Reads a file of the tree that is judged, up to `limit` bytes. */
export type ReadFile = (path: string, limit: number) => Promise<FileRead | Unseen>;

/** Bytes. A report is for people. */
export const DOCUMENT_LIMIT = 1024 * 1024;

/** The shape of the input that contracts come in. */
export function isContractList(value: unknown): value is readonly Contract[] {
  return Array.isArray(value) && value.every(isContract);
}

function isContract(value: unknown): value is Contract {
  if (typeof value !== 'object' || value === null) return false;
  const { path, sections, frontMatter = [], template = '' } = value as Record<string, unknown>;
  return (
    typeof path === 'string' &&
    isInside(path) &&
    isTexts(sections) &&
    Array.isArray(frontMatter) &&
    frontMatter.every(isField) &&
    typeof template === 'string'
  );
}

function isField(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { name, oneOf = [] } = value as Record<string, unknown>;
  return typeof name === 'string' && isTexts(oneOf) && !Object.hasOwn(value, 'missing');
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isInside(path: string): boolean {
  return path !== '' && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
