/** Reads an orchestrator.yaml for a command: shows what is wrong with it, or hands it on translated. */

import { type Config, loadConfig, type Translation, translate } from '../orchestrator/index.ts';
import { nearest } from '../shared/diagnostic.ts';
import { UsageError } from './explain.ts';
import type { Project } from './project.ts';
import { configFile } from './root.ts';
import { showDiagnostics } from './show-diagnostics.ts';

export interface LoadOptions {
  readonly config?: string;
  readonly only?: readonly string[];
  readonly input?: readonly string[];
  readonly var?: readonly string[];
}

export interface Loaded {
  readonly file: string;
  readonly text: string;
  readonly config: Config;
  readonly translation: Translation;
}

/** Undefined when the file is wrong, which has been said then. */
export function loadProject(project: Project, options: LoadOptions): Loaded | undefined {
  const file = configFile(project.repository.root, options.config);
  const overrides = { inputs: pairs(options.input, '--input'), vars: pairs(options.var, '--var') };
  const { result, diagnostics, text } = loadConfig({ file, root: project.repository.root, ...overrides });
  showDiagnostics(diagnostics, new Map([[file, text]]));
  if (!result.ok) return undefined;
  const config = select(result.value, options.only);
  return { file, text, config, translation: translate(config) };
}

/** `NAME=VALUE` texts of a repeatable option. */
export function pairs(texts: readonly string[] | undefined, option: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (texts ?? []).map((text) => {
      const at = text.indexOf('=');
      if (at <= 0) throw new UsageError(`${option} wants NAME=VALUE, not "${text}"`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

/** The named tasks and everything that they stand on, in the order of the file. */
function select(config: Config, only: readonly string[] | undefined): Config {
  if (only === undefined) return config;
  const byName = new Map(config.tasks.map((task) => [task.name.toLowerCase(), task]));
  const wanted = new Set<string>();
  const queue = [...only];
  for (const name of only) {
    if (byName.has(name.toLowerCase())) continue;
    const near = nearest(
      name,
      config.tasks.map((task) => task.name),
    );
    throw new UsageError(
      `--only names the unknown task "${name}"`,
      near === undefined ? {} : { hint: `did you mean "${near}"?` },
    );
  }
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const key = name.toLowerCase();
    if (wanted.has(key)) continue;
    wanted.add(key);
    const task = byName.get(key);
    // With a task come the jobs that a contour has added to it.
    const parts = config.tasks.filter(({ partOf }) => partOf === task?.name).map(({ name: part }) => part);
    queue.push(...(task?.dependsOn ?? []), ...(task === undefined ? [] : parts));
  }
  return { ...config, tasks: config.tasks.filter((task) => wanted.has(task.name.toLowerCase())) };
}
