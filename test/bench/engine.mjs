// The cost a job of deciding and folding, over graphs of three sizes.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The engine alone, bundled for the occasion and run in a process of its own. */
export async function benchEngine(place) {
  const outfile = join(place.top, 'engine-graphs.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('./engine-graphs.ts', import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    banner: {
      js: "import{createRequire as benchRequire}from'node:module';const require=benchRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  const shapes = JSON.parse(execFileSync(process.execPath, [outfile], { encoding: 'utf8', env: place.env }));
  return shapes.map(({ shape, sizes }) => {
    const small = sizes[0];
    const large = sizes.at(-1);
    return {
      what: `\`decide\` and \`evolve\` a job, ${shape}: 10,000 jobs`,
      raw: '100 jobs',
      aim: 2,
      ratio: large.each / small.each,
      times: sizes.map(({ jobs, each }) => `${each.toFixed(1)} µs (${jobs.toLocaleString('en')})`).join(', '),
    };
  });
}
