// Containers: what a step and the start of a job cost, to the same asked of the engine with nothing around it.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { measured } from './command.mjs';
import { compare, medianOf, takeTurns } from './measure.mjs';
import { makeRepository } from './repository.mjs';
import { eventsOf, stepTime } from './workflows.mjs';

/** Made by `.ci/engine.sh`. */
const IMAGE = 'orch-test/base:1';
const STEPS = 20;
const HOLD = ['sh', '-c', 'while read -r _; do :; done'];

const job = (container) =>
  `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    container: ${container}\n    steps:\n${"      - run: 'true'\n".repeat(STEPS)}`;

export async function benchContainers(place) {
  const docker = new Docker();
  const skipped = await whyNot(docker);
  if (skipped !== undefined) return [{ what: 'steps and jobs in containers', skipped }];
  const { root } = makeRepository(place, {
    files: 50,
    more: {
      '.github/workflows/supervised.yml': job(IMAGE),
      // The supervisor does not find its libraries, and every step is an exec of the engine.
      '.github/workflows/plain.yml': job(`{ image: '${IMAGE}', volumes: ['/__e/lib'] }`),
    },
  });
  return [...(await benchSteps(place, docker, root)), await benchStart(place, docker, root)];
}

async function whyNot(docker) {
  try {
    await docker.getImage(IMAGE).inspect();
    return undefined;
  } catch (error) {
    return error.statusCode === 404 ? `the engine has no image ${IMAGE}; .ci/engine.sh makes it` : error.message;
  }
}

async function runOf(place, root, workflow) {
  rmSync(join(root, 'logs'), { recursive: true, force: true });
  await measured(place, [process.execPath, place.orch, 'run', workflow, '--ui', 'quiet'], { cwd: root });
  return eventsOf(root);
}

async function benchSteps(place, docker, root) {
  const { container, close } = await startContainer(docker, 'bridge');
  try {
    const taken = await takeTurns(
      {
        exec: () => timeExecs(container),
        supervised: async () => {
          await runOf(place, root, 'supervised');
          return { ms: stepTime(root, STEPS) };
        },
        plain: async () => {
          await runOf(place, root, 'plain');
          return { ms: stepTime(root, STEPS) };
        },
      },
      { least: 3, most: 7, budget: 25_000 },
    );
    const row = (what, samples, aim) => ({
      what,
      raw: 'as many bare execs over the API',
      aim,
      ...compare(samples, taken.exec),
      times: `${perStep(samples)} to ${perStep(taken.exec)} each`,
    });
    return [
      row(`${STEPS} steps \`true\` in a container`, taken.supervised, 0.2),
      row('the same without a supervisor', taken.plain, 1.3),
    ];
  } finally {
    await close();
  }
}

function perStep(samples) {
  return `${Math.round(medianOf(samples) / STEPS)} ms`;
}

async function timeExecs(container) {
  const started = performance.now();
  for (let i = 0; i < STEPS; i++) {
    const exec = await container.exec({ Cmd: ['sh', '-e', '-c', 'true'], AttachStdout: true, AttachStderr: true });
    const stream = await exec.start({});
    stream.resume();
    await new Promise((resolve) => {
      stream.once('close', resolve);
    });
    const { ExitCode } = await exec.inspect();
    if (ExitCode !== 0) throw new Error(`the exec ended with ${ExitCode}`);
  }
  return { ms: performance.now() - started };
}

async function startContainer(docker, network) {
  const container = await docker.createContainer({
    Image: IMAGE,
    Entrypoint: HOLD,
    Cmd: [],
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    HostConfig: { AutoRemove: true, NetworkMode: network },
  });
  const stdin = await container.attach({ stream: true, stdin: true, hijack: true });
  await container.start();
  const close = async () => {
    await container.remove({ force: true });
    // The engine leaves it open, and it would keep this program from its end.
    stdin.destroy();
  };
  return { container, close };
}

async function benchStart(place, docker, root) {
  const taken = await takeTurns(
    {
      raw: async () => {
        const started = performance.now();
        const network = await docker.createNetwork({ Name: `orch-bench-${process.pid}` });
        try {
          const { close } = await startContainer(docker, network.id);
          const ms = performance.now() - started;
          await close();
          return { ms };
        } finally {
          await network.remove();
        }
      },
      orch: async () => ({ ms: startTime(await runOf(place, root, 'supervised')) }),
    },
    { least: 5, most: 11, budget: 20_000 },
  );
  return {
    what: 'the start of a job in a container, up to its first step',
    raw: 'network, create and start over the API',
    aim: 1.3,
    ...compare(taken.orch, taken.raw),
    times: `${Math.round(medianOf(taken.orch))} ms to ${Math.round(medianOf(taken.raw))} ms`,
  };
}

/** From the moment that the job is asked for, working tree included. */
function startTime(events) {
  const timeOf = (wanted) => Date.parse(events.find(({ type }) => type === wanted).time);
  return timeOf('step.started') - timeOf('job.requested');
}
