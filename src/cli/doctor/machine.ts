/** What the machine itself offers: Node, processors, containment of processes, Docker. */
import { existsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { strongestContainment, which } from '../../runner/environments/index.ts';
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

const SOCKET = '/var/run/docker.sock';

/** Whether there is an engine to talk to; it is not talked to. */
export function checkDocker(env: Variables): Check {
  const host = env['DOCKER_HOST'];
  const socket = host === undefined ? SOCKET : host.replace(/^unix:\/\//, '');
  const engine = socket.startsWith('/') ? existsSync(socket) : true;
  const client = which('docker', env) !== undefined;
  const seen = engine ? `an engine at ${host ?? SOCKET}` : client ? 'the client is there, and no engine' : 'not found';
  return { name: 'docker', state: 'note', seen: `${seen}; jobs of workflows in containers need one` };
}
