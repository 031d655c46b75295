/** Sandboxes that remember what they were asked for; their commands are processes that a test drives. */
import type { SandboxedRequest, Sandboxes, SandboxRequest } from '../ports.ts';
import { createFakeProcesses, type FakeProcesses } from './fake-processes.ts';

export interface FakeSandboxes extends Sandboxes {
  readonly opened: readonly SandboxRequest[];
  readonly requests: readonly SandboxedRequest[];
  readonly processes: FakeProcesses;
  /** Limits that the commands run into. */
  readonly reached: string[];
  /** How many were closed. */
  readonly closed: number;
}

export function createFakeSandboxes(): FakeSandboxes {
  const processes = createFakeProcesses();
  const opened: SandboxRequest[] = [];
  const requests: SandboxedRequest[] = [];
  const reached: string[] = [];
  let closed = 0;
  return {
    opened,
    requests,
    processes,
    reached,
    get closed() {
      return closed;
    },
    open: async (request) => {
      opened.push(request);
      return {
        start: async (asked) => {
          requests.push(asked);
          return { ...(await processes.start(asked)), reached: () => reached };
        },
        close: async () => {
          closed += 1;
        },
      };
    },
  };
}
