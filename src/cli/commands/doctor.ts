/** `orch doctor`: what this machine has, what is missing, and what to do about it. */

import { EXIT } from '../../shared/exit-codes.ts';
import { type Check, renderChecks } from '../../ui/index.ts';
import { openDisplay } from '../display.ts';
import { checkContainers, checkContainment, checkNode, checkProcessors } from '../doctor/machine.ts';
import { checkAgents, checkProgram, type ProgramCheck, type Variables } from '../doctor/programs.ts';
import { checkProject } from '../doctor/project.ts';

const NEEDED: readonly ProgramCheck[] = [
  { name: 'git', oldest: [2, 38], otherwise: { state: 'bad', hint: 'install git 2.38 or newer' } },
  { name: 'bash', otherwise: { state: 'bad', hint: 'install bash: the commands of tasks are written for it' } },
];
const OPTIONAL: readonly ProgramCheck[] = [
  { name: 'git-lfs', otherwise: { state: 'note', hint: 'only repositories that use it need it' } },
];
const AGENTS = ['codex', 'claude', 'gemini', 'opencode', 'aider'];

export async function doctor(): Promise<number> {
  const env = variables();
  const { terminal, look, columns } = openDisplay();
  const programs = (checks: readonly ProgramCheck[]): Promise<readonly Check[]> =>
    Promise.all(checks.map((check) => checkProgram(check, env)));
  const [needed, containment, project, containers, optional, agents] = await Promise.all([
    programs(NEEDED),
    checkContainment(),
    checkProject(),
    checkContainers(env),
    programs(OPTIONAL),
    checkAgents(AGENTS, env),
  ]);
  const checks = [
    checkNode(),
    ...needed,
    containment,
    checkProcessors(),
    ...project,
    containers,
    ...optional,
    ...agents,
  ];
  const bad = checks.filter(({ state }) => state === 'bad').map(({ name }) => name);
  const verdict = bad.length === 0 ? 'All that orch needs is there.' : `Not ready: ${bad.join(', ')}.`;
  terminal.write(`${renderChecks(checks, look, columns)}\n${look.chalk.bold(verdict)}\n`);
  return bad.length === 0 ? EXIT.success : EXIT.failed;
}

function variables(): Variables {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
