/** Gives a review what is known of a run that is over: its journal and a digest, as files that its command may read. */
import { type HostPath, hostPath } from '../shared/brand.ts';
import type { ActionCall, Memo, TaskAction } from './action.ts';
import { cancelledFailure } from './cancellation.ts';
import { createInputReader } from './inputs.ts';
import type { DigestFiles } from './ports.ts';
import { failedResult } from './record.ts';
import { note } from './warnings.ts';

/** Inputs: `run`, the one to be digested. Comes after prepare-task and before run-task. No outputs. */
export const digestRun: TaskAction = async (call, ports) => {
  if (ports.signal.aborted) return failedResult(cancelledFailure(ports.signal));
  const reader = createInputReader(call.inputs);
  const run = reader.required('run').trim();
  const problem = reader.failure();
  if (problem) return failedResult(problem);
  const folder = await ports.files.temporary('digest');
  const failure = await ports.history.digest(run, filesIn(folder));
  if (failure) return failedResult(failure);
  writeDigest(call, { run, folder });
  note(ports, `the digest of run ${run} is in ORCH_DIGEST, its journal in ORCH_JOURNAL`);
  return { outcome: 'success', outputs: {} };
};

interface DigestRecord {
  readonly run: string;
  readonly folder: HostPath;
}

export interface DigestGiven {
  readonly env: Readonly<Record<string, string>>;
  readonly reads: readonly HostPath[];
}

/** What the command is told of the run that was digested; nothing where none was. */
export function digestGiven(memo: Memo): DigestGiven {
  const record = memo.read('digest') as DigestRecord | undefined;
  if (record === undefined) return { env: {}, reads: [] };
  const { run, folder } = record;
  const { journal, markdown, json } = filesIn(folder);
  return {
    env: {
      ORCH_REVIEWED_RUN: run,
      ORCH_JOURNAL: journal,
      ORCH_DIGEST: markdown,
      ORCH_DIGEST_JSON: json,
    },
    reads: [folder],
  };
}

function filesIn(folder: HostPath): DigestFiles {
  const path = (name: string): HostPath => hostPath(`${folder}/${name}`);
  return { journal: path('journal.jsonl'), markdown: path('digest.md'), json: path('digest.json') };
}

function writeDigest({ memo }: ActionCall, record: DigestRecord): void {
  memo.write('digest', record);
}
