/** One attempt: the command, then the evidence for or against what it claims. */
import { type HostPath, hostPath } from '../shared/brand.ts';
import { cutText } from '../shared/cut-text.ts';
import type { AttemptReport, Containment, ReviewReport } from '../shared/verdict.ts';
import { type AttemptSetting, runShell } from './attempt-setting.ts';
import { addContainment } from './command.ts';
import { claimOf, type Finding, findExit, findOutputs } from './evidence.ts';
import { judgeAttempt } from './judge.ts';
import { OUTPUT_LIMIT, parseOutputs, pickDeclared } from './outputs.ts';
import type { Left } from './record.ts';

export interface AttemptEnd {
  readonly report: AttemptReport;
  readonly outputs: Readonly<Record<string, string>>;
  readonly contained: Containment;
  /** What a successful attempt left. */
  readonly left?: Left;
}

/** Runs attempt `attempt` (from 1), whose changes are measured against `baseline`. */
export async function runAttempt(setting: AttemptSetting, attempt: number, baseline: string): Promise<AttemptEnd> {
  const { ports, settings } = setting;
  const folder = await ports.files.temporary('output');
  const output = hostPath(`${folder}/output`);
  await ports.files.write(output, '');
  const env = { ...setting.env, ORCH_ATTEMPT: String(attempt), ORCH_OUTPUT: output };
  const started = ports.clock.now();
  const { timeout, idleTimeout, startupTimeout } = settings;
  const limits = {
    whole: timeout,
    ...(idleTimeout !== undefined && { idle: idleTimeout }),
    ...(startupTimeout !== undefined && { startup: startupTimeout }),
  };
  const end = await runShell({ ...setting, env, writes: [folder] }, 'command', limits);

  const read = await readOutputs(setting, output);
  // What was read of it must not be changed by the check.
  const verifying = { ...setting, env, reads: [...setting.reads, folder] };
  const judged = await judgeAttempt({ ...verifying, attempt, baseline }, [findExit(end), read.finding]);
  const report: AttemptReport = {
    attempt,
    duration: Math.round(ports.clock.now() - started),
    ...(end.exit.kind === 'exited' && { exitCode: end.exit.code }),
    ...(end.exit.kind === 'signalled' && { signal: end.exit.signal }),
    ...(judged.finding.failure && { failure: judged.finding.failure }),
    verdict: { claim: claimOf(end), evidence: judged.finding.evidence },
  };
  const contained = judged.contained ? addContainment(end.contained, judged.contained) : end.contained;
  const outputs = { ...read.values, ...reviewOutputs(judged.left?.review) };
  return { report, outputs, contained, ...(judged.left && { left: judged.left }) };
}

/** Whatever the command itself has written under these names. */
function reviewOutputs(review: ReviewReport | undefined): Readonly<Record<string, string>> {
  if (review === undefined) return {};
  const { verdict, findings, provenance } = review;
  return { verdict, findings: JSON.stringify(findings), provenance };
}

interface OutputsRead {
  readonly values: Readonly<Record<string, string>>;
  readonly finding: Finding;
}

/** Read whatever the exit code, as on GitHub. */
async function readOutputs({ ports, settings, warn }: AttemptSetting, path: HostPath): Promise<OutputsRead> {
  const text = (await ports.files.read(path, OUTPUT_LIMIT + 1)) ?? '';
  if (new TextEncoder().encode(text).length > OUTPUT_LIMIT) {
    return { values: {}, finding: findOutputs(settings.outputs, [], 'it is larger than 1 MiB') };
  }
  const { pairs, fault } = parseOutputs(text);
  const { values, undeclared } = pickDeclared(pairs, settings.outputs);
  for (const name of undeclared)
    warn(
      'output-undeclared',
      `the output ${JSON.stringify(cutText(name, 100))} is not declared in outputs and is ignored`,
    );
  return { values, finding: findOutputs(settings.outputs, Object.keys(values), fault) };
}
