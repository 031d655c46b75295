/**
 * `hashFiles`. Evaluation is synchronous and pure, reading a tree of files is neither: the function only notes what it
 * was asked and gives up, the hash is made by a process of its own, and the evaluation is done again with the answer.
 * Thus one slow disk or one bad pattern holds up nobody else's output or clocks, and can be ended.
 */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { HostPath } from '../../shared/brand.ts';
import { cutText } from '../../shared/cut-text.ts';
import { MachineError } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { dataToString, failEvaluation, type ScopeFunction } from '../../workflow/index.ts';

export interface HashPlace {
  /** The workspace on this machine. */
  readonly workspace: HostPath;
  /** The bundle of `hash-files-program.ts`. */
  readonly program: HostPath;
  readonly signal: AbortSignal;
  /** Makes the workspace on this machine what the steps see, where that is another. */
  readonly refresh?: () => Promise<void>;
  /** Milliseconds; two minutes, as on GitHub. */
  readonly timeLimit?: number;
}

export interface HashRequest {
  /** Joined by line ends: each may exclude what the ones before it took. */
  readonly patterns: readonly string[];
  readonly followSymbolicLinks: boolean;
}

const TIME_LIMIT = 120_000;
const FOLLOW = '--follow-symbolic-links';

/**
 * Evaluates with a `hashFiles` for the scope, as often as new hashes are asked for. `evaluate` must come to the same
 * each time but for what the function answers.
 */
export async function evaluateWithHashes<T, E>(
  place: HashPlace,
  evaluate: (hashFiles: ScopeFunction) => Result<T, E>,
): Promise<Result<T, E>> {
  const answers = new Map<string, Result<string, string>>();
  for (;;) {
    let asked: HashRequest | undefined;
    const result = evaluate((args) => {
      const request = readRequest(args.map(dataToString));
      if (!request.ok) return failEvaluation(request.error);
      const answer = answers.get(JSON.stringify(request.value));
      if (answer !== undefined) return answer.ok ? answer.value : failEvaluation(answer.error);
      asked ??= request.value;
      return failEvaluation('the hash is not known yet');
    });
    if (asked === undefined) return result;
    await place.refresh?.();
    answers.set(JSON.stringify(asked), await hashFiles(asked, place));
  }
}

function readRequest(args: readonly string[]): Result<HashRequest, string> {
  const [first = ''] = args;
  if (!first.startsWith('--')) return ok({ patterns: args, followSymbolicLinks: false });
  if (first.toLowerCase() === FOLLOW) return ok({ patterns: args.slice(1), followSymbolicLinks: true });
  return err(`Invalid glob option ${first}, avaliable option: '${FOLLOW}'.`);
}

/** The sha256 in hex, or '' when no file matches; the error is GitHub's sentence. */
async function hashFiles(request: HashRequest, place: HashPlace): Promise<Result<string, string>> {
  const { workspace, program, timeLimit = TIME_LIMIT } = place;
  const call = `hashFiles('${request.patterns.join(', ').replaceAll("'", "''")}')`;
  const late = AbortSignal.timeout(timeLimit);
  const child = spawn(process.execPath, [program], {
    cwd: workspace,
    // Nothing of ours concerns it, and NODE_OPTIONS could change what it does.
    env: Object.fromEntries(NEEDED.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
    signal: AbortSignal.any([late, place.signal]),
    killSignal: 'SIGKILL',
  });
  // A program that is gone before it has read the request says by its exit code what happened.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(JSON.stringify(request));
  const answer = readAll(child.stdio[3] as Readable);
  const end = await new Promise<number | Error | null>((resolve) => {
    child.on('error', resolve);
    child.on('close', resolve);
  });
  if (late.aborted) return err(`${call} couldn't finish within ${timeLimit / 1000} seconds.`);
  if (place.signal.aborted) return err(`${call} was cancelled.`);
  const text = await answer;
  if (end === 0 && /^([0-9a-f]{64})?$/.test(text)) return ok(text);
  if (end instanceof Error && 'code' in end && end.code !== 'ENOENT') {
    throw new MachineError({ code: 'environment-lost', message: `hashFiles: ${end.message}` }, { cause: end });
  }
  return err(`${call} failed. Fail to hash files under directory '${workspace}'${whyNot(end, text)}`);
}

/** The file and the system's reason, where they are known; names of files are strangers' words. */
function whyNot(end: number | Error | null, text: string): string {
  const reason = end instanceof Error ? 'it is not there' : text.startsWith('!') ? text.slice(1) : '';
  const line = reason.replace(/\p{Cc}+/gu, ' ').trim();
  return line === '' ? '' : `: ${cutText(line, 500)}`;
}

const NEEDED = ['HOME', 'USERPROFILE', 'SystemRoot'];

async function readAll(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
