/** The supervisor as a container gets it, made from its source. */
import { build } from 'esbuild';

export async function bundleSupervisor(outfile: string): Promise<void> {
  await build({
    entryPoints: ['src/runner/environments/docker/supervisor-program.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'silent',
    banner: { js: "import{createRequire as orchRequire}from'node:module';const require=orchRequire(import.meta.url);" },
  });
}
