/** `await-approval`: fails unless somebody has approved this run for the environment. */
import { getInput, info, setFailed, setOutput } from '@actions/core';
import { MachineError } from '../../src/shared/failure.ts';
import { readApprovers } from '../runtime/approvals.ts';

try {
  const environment = getInput('environment', { required: true });
  const approvers = await readApprovers(process.env, { environment, token: getInput('token') });
  setOutput('by', approvers.join(', '));
  info(`approved by ${approvers.join(', ')}`);
} catch (error) {
  if (!(error instanceof MachineError)) throw error;
  setFailed([error.failure.message, error.failure.hint].filter(Boolean).join('\n'));
}
