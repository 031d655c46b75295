/** Where a step in the background works: beside the others, in the same tree, with what it adds to the job held back. */
import { join } from 'node:path';
import { type JobPlace, writeLines } from '../steps/index.ts';
import type { SidePlace } from './frame.ts';
import { createHeldOutput } from './held-output.ts';

/**
 * The place is the job's own before `begin` and after `join`, for the stages of the step's action. `number` tells the
 * files of such steps apart, in the job's directory `home`.
 */
export function createSidePlace(
  job: JobPlace,
  { home, number }: { readonly home: string; readonly number: number },
): { readonly place: JobPlace; readonly side: SidePlace } {
  const output = createHeldOutput(join(home, `_output_${number}`), job.write);
  let made = job.made;
  let pathBefore = 0;
  const place: JobPlace = {
    ...job,
    write: output.write,
    get made() {
      return made;
    },
  };
  return {
    place,
    side: {
      begin: () => {
        output.hold();
        // The variables there are now reach the step as its `env`; here are those that it adds.
        made = { ...job.made, env: new Map(), path: [...job.made.path] };
        pathBefore = made.path.length;
      },
      print: (line) => void writeLines(place, [line]),
      show: () => output.release(),
      join: () => {
        if (made === job.made) return;
        for (const [name, value] of made.env) job.made.env.set(name, value);
        job.made.path.push(...made.path.slice(pathBefore));
        made = job.made;
      },
    },
  };
}
