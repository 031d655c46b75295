/** Actions made of the published npm packages, bundled as authors of actions bundle them; the code of the packages is as it was published. */
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const SOURCES = join(import.meta.dirname, '..', 'actions');

/** The files of an action by their names: `main.mjs` and what else `stages` names, and its manifest. */
export function bundledAction(
  name: string,
  stages: readonly ('pre' | 'main' | 'post')[],
  manifest: string,
): Readonly<Record<string, string>> {
  const { outputFiles } = buildSync({
    entryPoints: stages.map((stage) => join(SOURCES, `${name}-${stage}.mjs`)),
    outdir: '/',
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const bundles = outputFiles.map(({ path, text }) => [path.slice(path.lastIndexOf('-') + 1), text] as const);
  const entries = stages.map((stage) => `${stage}: ${stage}.mjs`).join(', ');
  return {
    ...Object.fromEntries(bundles),
    'action.yml': `${manifest.trim()}\nruns: { using: node24, ${entries} }\n`,
  };
}
