/** Builds an image from a folder with a Dockerfile, by the engine, and hands on what that says. */
import type { Readable } from 'node:stream';
import type { Failure } from '../../../shared/failure.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { PackedContext } from './build-context.ts';
import { type Engine, reasonOf } from './engine.ts';
import { BUILD_LABEL } from './labels.ts';
import { knownLogins } from './logins.ts';

export interface BuildSettings {
  /** What the image is for, in messages. */
  readonly name: string;
  /** Takes the engine's lines. */
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
  /** That names the user's logins, for the images that it builds on. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The image's name, which says what it was built from: layers that are there are not built again. */
export async function buildImage(
  { docker }: Pick<Engine, 'docker'>,
  packed: PackedContext,
  { name, signal, tell, env }: BuildSettings,
): Promise<Result<string, Failure>> {
  const image = `orch-action:${packed.digest.slice(0, 32)}`;
  const context = packed.open();
  // What cannot be read any more ends the request, and that has a less telling error.
  let lost: Error | undefined;
  context.once('error', (error) => {
    lost = error;
  });
  try {
    const answer = await docker.buildImage(context, {
      t: image,
      dockerfile: packed.dockerfile,
      registryconfig: Object.fromEntries(knownLogins(env)),
      labels: { [BUILD_LABEL]: packed.digest },
      rm: true,
      forcerm: true,
      abortSignal: signal,
    });
    let problem: string | undefined;
    for await (const { lines, error } of readReports(answer as Readable)) {
      for (const line of lines) tell(line);
      problem = error ?? problem;
    }
    return problem === undefined ? ok(image) : failed(name, problem);
  } catch (error) {
    if (signal.aborted) return err({ code: 'cancelled', message: `the image of ${name} was not built` });
    return failed(name, reasonOf(lost ?? error));
  }
}

/** Words of the engine where a file is written for another builder. */
const OTHER_BUILDER = /BuildKit|unknown instruction: (<<|EOF)/i;
const HINT = 'images are built by the engine itself, without BuildKit: no RUN --mount and no here-documents';

function failed(name: string, reason: string): Result<never, Failure> {
  const message = `the image of ${name} could not be built: ${reason}`;
  return err({ code: 'setup-failed', message, ...(OTHER_BUILDER.test(reason) ? { hint: HINT } : {}) });
}

interface BuildReport {
  /** What the engine prints. */
  readonly lines: readonly string[];
  readonly error?: string;
}

const LONGEST_REPORT = 1024 * 1024;

/** One JSON object a line. What is too long to be one is dropped. */
async function* readReports(answer: Readable): AsyncGenerator<BuildReport> {
  let rest = '';
  answer.setEncoding('utf8');
  for await (const chunk of answer as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = (lines.pop() ?? '').slice(0, LONGEST_REPORT);
    for (const line of lines) yield readReport(line);
  }
  yield readReport(rest);
}

function readReport(line: string): BuildReport {
  try {
    const report: unknown = JSON.parse(line);
    if (typeof report !== 'object' || report === null) return { lines: [] };
    const textOf = (name: string): string | undefined => {
      const value: unknown = Reflect.get(report, name);
      return typeof value === 'string' ? value : undefined;
    };
    const lines = (textOf('stream') ?? '').split('\n').filter((text) => text.trim() !== '');
    const error = textOf('error');
    return { lines, ...(error === undefined ? {} : { error }) };
  } catch (error) {
    if (error instanceof SyntaxError) return { lines: [] };
    throw error;
  }
}
