/** What the machine itself offers: Node, processors, containment of processes, containers. */
import { availableParallelism, totalmem } from 'node:os';
import { readEngineFacts, strongestContainment } from '../../runner/environments/index.ts';
import { formatBytes } from '../../shared/quantity.ts';
import type { Check } from '../../ui/index.ts';
import { isAtLeast, type Variables } from './programs.ts';

const NODE: readonly [number, number] = [20, 19];

export function checkNode(): Check {
  const version = process.versions.node;
  if (isAtLeast(version, NODE)) return { name: 'node', state: 'good', seen: version };
  return {
    name: 'node',
    state: 'bad',
    seen: `${version}, and ${NODE.join('.')} or newer is needed`,
    hint: 'install a newer Node.js',
  };
}

const MEANS: Readonly<Record<Awaited<ReturnType<typeof strongestContainment>>, Omit<Check, 'name'>>> = {
  'pid-namespace': {
    state: 'good',
    seen: 'PID namespaces work: nothing that a task starts can outlive it',
  },
  cookie: {
    state: 'note',
    seen: 'no PID namespaces; what a task starts is found by its process group and by a mark in its environment, and what drops both may outlive it',
    hint: 'to have them, allow unprivileged users to make user namespaces',
  },
  'process-group': {
    state: 'note',
    seen: 'what a task starts is found by its process group; what leaves it may outlive the task',
  },
  container: { state: 'good', seen: 'tasks run in containers' },
};

export async function checkContainment(): Promise<Check> {
  return { name: 'containment', ...MEANS[await strongestContainment()] };
}

/** As many jobs run at once, unless something else is asked for. */
export function checkProcessors(): Check {
  const count = availableParallelism();
  const jobs = count === 1 ? '1 job' : `${count} jobs`;
  const seen = `${jobs} at once unless max_parallel says otherwise; ${formatBytes(totalmem())} of memory`;
  return { name: 'processors', state: 'good', seen };
}

/** The engine for what runs in containers: asked, since a socket alone says nothing. */
export async function checkContainers(env: Variables): Promise<Check> {
  const name = 'containers';
  const facts = await readEngineFacts(env);
  if (!facts.ok) {
    const { message, hint = '' } = facts.error;
    return { name, state: 'note', seen: message, hint: `only what runs in containers needs one: ${hint}` };
  }
  const { name: make, api, from, rootless, cgroups, withoutLimits } = facts.value;
  const groups = cgroups === '' ? [] : [`cgroups ${cgroups}`];
  const seen = [`${make} at ${from}`, `API ${api}`, ...(rootless ? ['rootless'] : []), ...groups].join(', ');
  if (withoutLimits.length === 0) return { name, state: 'good', seen };
  const hint = 'the limits of a sandbox and of `options` need them: the engine or the kernel has to allow them';
  return { name, state: 'warning', seen: `${seen}; it cannot limit ${withoutLimits.join(', ')}`, hint };
}
