/** What `run-task` is asked to do, read from its inputs. */
import { FAILURE_CODES, type Failure, type FailureCode } from '../shared/failure.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { readSandbox, type SandboxSettings } from '../shared/sandbox.ts';
import { type Contract, isContractList } from './contracts/contract.ts';
import { createInputReader, type InputReader } from './inputs.ts';
import { isReviewSubject, type ReviewSubject } from './review/subject.ts';
import { findShell } from './shell.ts';

/** Spans are milliseconds. */
export interface RunSettings {
  readonly command: string;
  readonly shell: string;
  readonly workingDirectory: string;
  readonly prompt?: string;
  /** Names of variables. */
  readonly environment: readonly string[];
  readonly secrets: readonly string[];
  readonly outputs: readonly string[];
  readonly timeout: number;
  readonly idleTimeout?: number;
  readonly startupTimeout?: number;
  readonly retries: number;
  readonly retryDelay: number;
  readonly retryOn?: readonly (number | FailureCode)[];
  readonly retryFrom: 'start' | 'last';
  readonly expect: readonly string[];
  /** Documents that have to be there in the end. */
  readonly documents: readonly Contract[];
  /** What is reviewed, when the command is a reviewer. */
  readonly review?: ReviewSubject;
  readonly verify?: string;
  readonly verifyTimeout: number;
  readonly changes: 'allowed' | 'required' | 'forbidden';
  /** The only folders of the tree that may be changed; all of it when there is none. */
  readonly writable: readonly string[];
  /** Paths in these that may not be changed all the same. */
  readonly guarded: readonly string[];
  /** Whether the command has a home of its own, and in a sandbox a git that knows no more than it has to. */
  readonly isolated: boolean;
  /** Which round of reviews this is, from 1. */
  readonly reviewRound?: number;
  /** Absent on this machine itself. */
  readonly sandbox?: SandboxSettings;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Fails as `input-invalid` with everything that is wrong. */
export function readRunSettings(inputs: Readonly<Record<string, string>>): Result<RunSettings, Failure> {
  const reader = createInputReader(inputs);
  const settings: RunSettings = {
    command: reader.required('command'),
    shell: readShell(reader),
    workingDirectory: reader.text('working-directory') ?? '.',
    environment: reader.words('environment'),
    secrets: reader.words('secrets'),
    outputs: reader.words('outputs'),
    timeout: reader.duration('timeout') ?? 60 * MINUTE,
    retries: reader.count('retries', 0),
    retryDelay: reader.duration('retry-delay') ?? 10 * SECOND,
    retryFrom: reader.choice('retry-from', ['start', 'last']),
    expect: reader.lines('expect'),
    documents: reader.json('documents', isContractList, 'a JSON list of documents with path and sections') ?? [],
    verifyTimeout: reader.duration('verify-timeout') ?? 10 * MINUTE,
    changes: reader.choice('changes', ['allowed', 'required', 'forbidden']),
    writable: readWritable(reader),
    guarded: reader.lines('guarded'),
    isolated: reader.choice('isolated', ['false', 'true']) === 'true',
    ...present('reviewRound', reader.count('review-round', 0) || undefined),
    ...present('prompt', reader.text('prompt')?.trim()),
    ...present('idleTimeout', reader.duration('idle-timeout')),
    ...present('startupTimeout', reader.duration('startup-timeout')),
    ...present('retryOn', readRetryOn(reader)),
    ...present('verify', reader.text('verify')),
    ...present('sandbox', readBox(reader)),
    ...present('review', reader.json('review', isReviewSubject, 'a JSON object with task and round')),
  };
  const problem = reader.failure();
  return problem ? err(problem) : ok(settings);
}

/** An optional property is either there or not: never there and undefined. */
function present<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}

function readShell(reader: InputReader): string {
  const name = reader.text('shell')?.trim() ?? 'bash';
  const found = findShell(name);
  if (!found.ok) reader.reject(found.error.message);
  return name;
}

/** Folders at the top of the tree: what is mounted over a tree that can only be read has to be simple. */
function readWritable(reader: InputReader): readonly string[] {
  const folders = reader.lines('writable');
  for (const folder of folders)
    if (!/^(?!\.)[\w.-]+$/.test(folder))
      reader.reject(`writable names ${JSON.stringify(folder)}, which is no folder at the top of the tree`);
  return folders;
}

/** JSON, as in orchestrator.yaml; `host` is as good as nothing. */
function readBox(reader: InputReader): SandboxSettings | undefined {
  if (reader.text('sandbox')?.trim() === 'host') return undefined;
  const value = reader.json('sandbox', isObject, 'host or a JSON object');
  if (value === undefined) return undefined;
  const read = readSandbox(value);
  if (read.ok) return read.value;
  for (const { path, message } of read.error) reader.reject(`${['sandbox', ...path].join('.')}: ${message}`);
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function readRetryOn(reader: InputReader): readonly (number | FailureCode)[] | undefined {
  const words = reader.words('retry-on');
  if (words.length === 0) return undefined;
  return words.flatMap((word) => {
    if (/^\d{1,3}$/.test(word)) return Number(word);
    const code = FAILURE_CODES.find((known) => known === word);
    if (code === undefined)
      reader.reject(`retry-on names ${JSON.stringify(word)}, neither an exit code nor a failure code`);
    return code ?? [];
  });
}
