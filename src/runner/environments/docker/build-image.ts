/** Builds an image from a folder with a Dockerfile, by the engine, and hands on what that says. */
import type { Readable } from 'node:stream';
import type { Failure } from '../../../shared/failure.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { PackedContext } from './build-context.ts';
import { readReports } from './build-report.ts';
import { type BuildSession, openBuildSession } from './build-session.ts';
import { type Engine, isEngineError, reasonOf } from './engine.ts';
import { BUILD_LABEL } from './labels.ts';
import { knownLogins, type Login } from './logins.ts';

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
  engine: Pick<Engine, 'docker'>,
  packed: PackedContext,
  settings: BuildSettings,
): Promise<Result<string, Failure>> {
  const { name, signal, env } = settings;
  const logins = knownLogins(env);
  let session: BuildSession | undefined;
  try {
    session = await openBuildSession(engine, logins);
    const build: Build = { packed, settings, logins, session: session?.id };
    const problem = await ask(engine, build, BUILDKIT);
    const again = problem !== undefined && NO_BUILDKIT.test(problem);
    return answered(name, imageOf(packed), again ? await ask(engine, build, OLDER) : problem);
  } catch (error) {
    if (signal.aborted) return err({ code: 'cancelled', message: `the image of ${name} was not built` });
    return answered(name, '', reasonOf(error));
  } finally {
    session?.close();
  }
}

/** What an engine says that has no other builder than the older one. */
const NO_BUILDKIT = /buildkit.*(?:not|only) (?:supported|enabled)|invalid version.*builder/i;
/** As a text, the client would begin a session of its own for it. */
const BUILDKIT = { version: 2 } as const;
const OLDER = {} as const;

interface Build {
  readonly packed: PackedContext;
  readonly settings: BuildSettings;
  readonly logins: ReadonlyMap<string, Login>;
  /** By which the builder asks for more. */
  readonly session: string | undefined;
}

function imageOf({ digest }: PackedContext): string {
  return `orch-action:${digest.slice(0, 32)}`;
}

/** Undefined when the image is there. Throws what keeps the request from being made. */
async function ask(
  { docker }: Pick<Engine, 'docker'>,
  { packed, settings, logins, session }: Build,
  builder: object,
): Promise<string | undefined> {
  const context = packed.open();
  // What cannot be read any more ends the request, and that has a less telling error.
  let lost: Error | undefined;
  context.once('error', (error) => {
    lost = error;
  });
  const options: object = {
    ...builder,
    ...(session === undefined ? {} : { session }),
    t: imageOf(packed),
    dockerfile: packed.dockerfile,
    registryconfig: Object.fromEntries(logins),
    labels: { [BUILD_LABEL]: packed.digest },
    rm: true,
    forcerm: true,
    abortSignal: settings.signal,
  };
  try {
    let problem: string | undefined;
    for await (const { lines, error } of readReports((await docker.buildImage(context, options)) as Readable)) {
      for (const line of lines) settings.tell(line);
      problem = error ?? problem;
    }
    return problem;
  } catch (error) {
    if (settings.signal.aborted || !isEngineError(lost ?? error)) throw lost ?? error;
    return reasonOf(lost ?? error);
  }
}

/** Words of the engine where it lacks something that a file asks for. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /frontend gateway\.v0|docker\/dockerfile/i,
    'a first line "# syntax=" names an image that reads the file, which has to be pulled: without a way to its registry, leave the line out',
  ],
  [
    /unknown instruction|unknown flag|requires BuildKit|(?:the --\w+ option|flag) requires/i,
    'the builder of this engine may be too old for it: Docker 23 and newer know here-documents, RUN --mount needs BuildKit',
  ],
];

function answered(name: string, image: string, problem: string | undefined): Result<string, Failure> {
  if (problem === undefined) return ok(image);
  const message = `the image of ${name} could not be built: ${problem}`;
  const hint = HINTS.find(([words]) => words.test(problem))?.[1];
  return err({ code: 'setup-failed', message, ...(hint === undefined ? {} : { hint }) });
}
