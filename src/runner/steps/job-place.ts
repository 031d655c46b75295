/** What the steps of one workflow job share: where they run, what they left for each other, and the job's log. */
import type { HostPath } from '../../shared/brand.ts';
import type { Masker } from '../../shared/mask.ts';
import type { JsonObject } from '../../workflow/index.ts';
import type { MatcherRegistry, RepositoryFile } from '../commands/index.ts';
import type { JobEnvironment } from '../environments/index.ts';
import type { CommandFiles } from './command-file-set.ts';
import type { Inside } from './inside.ts';
import type { StepKind, StepServices, StepUse } from './step-env.ts';

export interface JobPlace {
  /** GITHUB_WORKSPACE. */
  readonly workspace: HostPath;
  /** RUNNER_TEMP. */
  readonly temp: HostPath;
  readonly platform: NodeJS.Platform;
  readonly processes: JobEnvironment;
  /** Where the steps run in a container. */
  readonly inside?: Inside;
  readonly commandFiles: CommandFiles;
  /** What every process of the job starts from. */
  readonly hostEnv: Readonly<Record<string, string>>;
  readonly masker: Pick<Masker, 'add' | 'maskText'>;
  /** Bytes for the job's log, which masks them. */
  readonly write: (chunk: Uint8Array) => void | Promise<void>;
  /** Debug lines are shown. */
  readonly debug: boolean;
  /** What a step of the kind is told of them; they are opened when the first one comes that could use them. */
  readonly services: (kind: StepKind, use: StepUse) => Promise<StepServices>;
  readonly matchers: MatcherRegistry;
  readonly repositoryFile: (path: string) => RepositoryFile;
  /** The contexts as far as they are the same for all steps. */
  readonly github: JsonObject;
  readonly runner: JsonObject;
  readonly made: MadeBySteps;
}

/** Grows while the job runs. */
export interface MadeBySteps {
  /** By GITHUB_ENV. */
  readonly env: Map<string, string>;
  /** By GITHUB_PATH, in the order in which entries were added. */
  readonly path: string[];
}

/** Lines of the runner's own, to be masked like any other. */
export function writeLines(place: Pick<JobPlace, 'write'>, lines: readonly string[]): void | Promise<void> {
  if (lines.length > 0) return place.write(Buffer.from(`${lines.join('\n')}\n`));
}
