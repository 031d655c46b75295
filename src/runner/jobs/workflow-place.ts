/** What the steps of a workflow's job share, on this machine or in the job's container. */
import { arch, platform } from 'node:os';
import type { JobRequest } from '../../engine/index.ts';
import type { HostPath } from '../../shared/brand.ts';
import type { Failure } from '../../shared/failure.ts';
import type { Result } from '../../shared/result.ts';
import { isJsonObject, type Json, type JsonObject } from '../../workflow/index.ts';
import { createMatcherRegistry } from '../commands/index.ts';
import type { JobEnvironment } from '../environments/index.ts';
import { createCommandFiles, createRepositoryFiles, innerPath, type JobPlace } from '../steps/index.ts';
import type { JobContainers } from './job-containers.ts';
import type { OpenLog } from './open-log.ts';
import type { ServiceOffer } from './service-offer.ts';
import type { StandingJob } from './standing-job.ts';
import type { JobSource, JobWorkspace, WorkflowFrames } from './workflow-settings.ts';

export interface Directories {
  /** The job's own; removed at its end. */
  readonly home: HostPath;
  readonly temp: HostPath;
  readonly event: HostPath;
  readonly processes: JobEnvironment;
  readonly workspace: JobWorkspace;
  readonly containers: JobContainers;
}

export interface JobParts extends Directories {
  /** That the job runs in; '' for this machine. */
  readonly image: Result<string, Failure>;
  readonly request: JobRequest;
  readonly source: JobSource;
  readonly log: OpenLog;
  readonly offer: ServiceOffer;
  readonly stood: StandingJob | undefined;
}

/** The paths in contexts are those that steps see. */
export function placeOf(settings: WorkflowFrames, parts: JobParts): JobPlace {
  const { request, source, log, temp, event, processes, workspace, stood, containers, offer } = parts;
  const { inside } = containers;
  const inner = (path: string): string => innerPath(containers, path);
  const { github } = source.contexts;
  const debug = [source.secrets, source.contexts.vars].some(isDebugging);
  const { name: repository, serverUrl } = settings.repository;
  return {
    workspace: workspace.work,
    temp,
    platform: inside === undefined ? platform() : 'linux',
    processes,
    ...(inside === undefined ? {} : { inside }),
    commandFiles: createCommandFiles(temp, inside !== undefined),
    get hostEnv() {
      return containers.env ?? settings.hostEnv;
    },
    masker: settings.masker,
    write: (chunk) => log.log.write(chunk),
    debug,
    services: (kind, use) => offer.of(kind, use),
    matchers: createMatcherRegistry(),
    repositoryFile: createRepositoryFiles({ checkout: workspace.work, serverUrl, repository }),
    github: {
      ...(isJsonObject(github) ? github : {}),
      job: request.job.id,
      workspace: inner(workspace.work),
      event_path: inner(event),
    },
    runner: {
      ...runnerContext(inside === undefined ? platform() : 'linux', debug),
      temp: inner(temp),
      tool_cache: inner(settings.toolCache),
      workspace: inner(workspace.root),
    },
    made: { env: new Map(stood?.env), path: [...(stood?.path ?? [])] },
  };
}

function isDebugging(values: Json): boolean {
  return isJsonObject(values) && textIn(values, 'ACTIONS_STEP_DEBUG').toLowerCase() === 'true';
}

function textIn(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}

const SYSTEMS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { win32: 'Windows', darwin: 'macOS' };
const MACHINES: Readonly<Record<string, string>> = { x64: 'X64', ia32: 'X86', arm64: 'ARM64', arm: 'ARM' };

function runnerContext(system: NodeJS.Platform, debug: boolean): JsonObject {
  return {
    name: 'orch',
    os: SYSTEMS[system] ?? 'Linux',
    arch: MACHINES[arch()] ?? arch().toUpperCase(),
    environment: 'self-hosted',
    ...(debug ? { debug: '1' } : {}),
  };
}
