/** Commands of a job that have nothing in common but their job: what one leaves running is ended at the job's end. */
import type { Environment, JobEnvironment, RunningProcess } from './process.ts';

export function startApart(start: Environment['start']): JobEnvironment {
  const left: RunningProcess[] = [];
  return {
    start: async (request) => {
      const running = await start(request);
      const settle = async (): Promise<void> => {
        if ((await running.left()) > 0) left.push(running);
        else await running.reap();
      };
      return { ...running, settle };
    },
    close: async () => {
      await Promise.all(left.splice(0).map((running) => running.reap()));
    },
  };
}
