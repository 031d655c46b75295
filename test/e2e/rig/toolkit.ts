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
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
  const bundles = outputFiles.map(({ path, text }) => [path.slice(path.lastIndexOf('-') + 1), text] as const);
  const entries = stages.map((stage) => `${stage}: ${stage}.mjs`).join(', ');
  return {
    ...Object.fromEntries(bundles),
    'action.yml': `${manifest.trim()}\nruns: { using: node24, ${entries} }\n`,
  };
}

const ARTIFACT_INPUTS =
  'do name path pattern merge-multiple overwrite archive if-no-files-found compression-level retention-days github-token run-id repository';

/**
 * An action that does as upload-artifact and download-artifact do, by its input `do`: with the client of today, or
 * with that of version 4 of upload-artifact.
 */
export function artifactAction(client: 'artifact' | 'artifact2'): Readonly<Record<string, string>> {
  const inputs = ARTIFACT_INPUTS.split(' ').map((name) => `${name}: {}`);
  return bundledAction(client, ['main'], `name: Artifact\ninputs: { ${inputs.join(', ')} }`);
}
