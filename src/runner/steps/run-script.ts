/** `run` steps: the script in a file, its shell, and where it runs. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hostPath } from '../../shared/brand.ts';
import type { Failure } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { evaluateString, hasExpression, type JsonObject, type Node, type RunStep } from '../../workflow/index.ts';
import { which } from '../environments/index.ts';
import type { StepCall, StepHandler } from './handler.ts';
import { innerPath } from './inside.ts';
import type { JobPlace } from './job-place.ts';
import { planScript, scriptHeader } from './shells.ts';
import { runStage, type StageCommand } from './stage.ts';
import { prependPath } from './step-env.ts';

export interface ScriptSettings {
  readonly place: JobPlace;
  readonly step: RunStep;
  /** `defaults.run` as it was evaluated; composite actions have none. */
  readonly defaults: { readonly shell?: string; readonly 'working-directory'?: string };
  /** Members of the `github` context that an action around it adds. */
  readonly github: JsonObject;
}

export function scriptHandler(settings: ScriptSettings): StepHandler {
  return (call) =>
    runStage({
      place: settings.place,
      call,
      github: settings.github,
      state: new Map(),
      prepare: (github) => prepare(settings, call, github),
    });
}

async function prepare(
  { place, step, defaults }: ScriptSettings,
  call: StepCall,
  github: JsonObject,
): Promise<Result<StageCommand, Failure>> {
  const read = async (name: string, node: Node | undefined): Promise<Result<string | undefined, Failure>> => {
    if (node === undefined) return ok(undefined);
    if (node.kind === 'scalar' && typeof node.value === 'string' && !hasExpression(node.value)) return ok(node.value);
    const text = await call.evaluate((scope) => evaluateString(node, scope), github);
    return text.ok ? text : err({ code: 'expression', message: `${name}: ${text.error.message}` });
  };
  const script = await read('run', step.run);
  if (!script.ok) return script;
  const shell = await read('shell', step.shell);
  if (!shell.ok) return shell;
  const directory = await read('working-directory', step.workingDirectory);
  if (!directory.ok) return directory;
  return commandOf(place, call, {
    script: script.value ?? '',
    shell: shell.value || defaults.shell,
    directory: directory.value || (defaults['working-directory'] ?? ''),
  });
}

interface Script {
  readonly script: string;
  readonly shell: string | undefined;
  readonly directory: string;
}

function commandOf(
  place: JobPlace,
  call: StepCall,
  { script, shell, directory }: Script,
): Result<StageCommand, Failure> {
  const { PATH: path = place.hostEnv['PATH'] ?? '' } = call.env;
  const lookup = { PATH: prependPath(place.made.path, path, place.platform) };
  const inner = (path: string): string => innerPath(place, path);
  const plan = planScript({
    script,
    shell,
    platform: place.platform,
    container: place.inside !== undefined,
    which: (program) => which(program, lookup, place.workspace),
    pathOf: (name) => inner(join(place.temp, name)),
    id: randomUUID(),
  });
  if (!plan.ok) return err({ code: 'not-started', message: plan.error });
  const { file, program, args, shown } = plan.value;
  writeFileSync(join(place.temp, file.name), file.contents, {
    flag: 'wx',
    mode: place.inside === undefined ? 0o600 : 0o644,
  });
  return ok({
    kind: 'run',
    argv: [program, ...args],
    cwd: hostPath(resolve(inner(place.workspace), directory)),
    header: scriptHeader(script, shown, call.env),
    inputs: {},
  });
}
