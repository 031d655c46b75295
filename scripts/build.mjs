// Bundles the command into dist/: one small file to start with, the rest loaded when a command needs it.
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { precompileSchema } from './precompile-schema.mjs';
import { writeParts } from './program-parts.mjs';
import { slimSchemas } from './slim-schemas.mjs';

const { version } = JSON.parse(await readFile('package.json', 'utf8'));

// Some packages are CommonJS inside and ask for Node's own modules by require.
const banner = {
  js: "import{createRequire as orchRequire}from'node:module';const require=orchRequire(import.meta.url);",
};

// The client of the container engine brings connections by ssh and BuildKit's sessions, commander commands that are
// programs of their own, which orch has no use for: what they need is not even loaded.
const leaveOut = {
  name: 'leave-out',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(ssh2|protobufjs|undici|@grpc\/.+)$/ }, ({ path }) => ({ path, namespace: 'left-out' }));
    onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path, namespace: 'left-out' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
  },
};

// What of ours an action does not use brings nothing along, packages neither.
const pure = {
  name: 'pure',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^\.\.?\// }, async ({ path, pluginData, ...rest }) => {
      if (pluginData === pure || !path.endsWith('.ts')) return undefined;
      return { ...(await resolve(path, { ...rest, pluginData: pure })), sideEffects: false };
    });
  },
};

// Its modules as they are written, of which only what is used is bundled: half the time to load, and one scope to run in.
const alias = { yaml: `${process.cwd()}/node_modules/yaml/browser/index.js` };

// The same without Node's loader of modules, which takes its time; Node 20.16 and later have this.
const quickBanner = {
  js: 'const require=(id)=>{const module=process.getBuiltinModule(id);if(module)return module;throw new Error(`no module ${id}`)};',
};

const dist = 'dist';
await rm(dist, { recursive: true, force: true });
const options = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: false,
  legalComments: 'none',
  plugins: [precompileSchema, slimSchemas, leaveOut],
  alias,
  define: { ORCH_VERSION: JSON.stringify(version) },
};
const { outputFiles, metafile } = await build({
  ...options,
  entryPoints: { start: 'src/cli/start.ts' },
  outdir: `${dist}/program`,
  chunkNames: '[name]-[hash]',
  splitting: true,
  format: 'esm',
  metafile: true,
  write: false,
});
await writeParts(outputFiles, options, dist);
// CommonJS is there at once, without the loader of modules; the package as a whole says that it has none.
const entry = `${dist}/orch.js`;
await build({
  ...options,
  entryPoints: ['src/cli/main.ts'],
  outfile: entry,
  format: 'cjs',
  banner: { js: '#!/usr/bin/env node' },
});
await chmod(entry, 0o755);
await writeFile(`${dist}/package.json`, '{ "type": "commonjs" }\n');
// hashFiles runs as a process of its own.
const { metafile: hashFiles } = await build({
  ...options,
  metafile: true,
  entryPoints: { 'hash-files': 'src/runner/steps/hash-files-program.ts' },
  outdir: dist,
  // Of other names Node looks for a package.json in each folder above, to know what they are.
  outExtension: { '.js': '.mjs' },
  format: 'esm',
  banner: quickBanner,
});
// Alone in one file: it is all that is given to a container.
await build({
  entryPoints: {
    supervisor: 'src/runner/environments/docker/supervisor-program.ts',
  },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
});
// Each action alone in its folder: a runner installs nothing. Copies of them are told by their first line.
const MARK = 'Written by orch export-gha';
for (const action of (await readdir('action-templates')).filter((name) =>
  existsSync(`action-templates/${name}/action.yml`),
)) {
  const outdir = `dist/action-templates/${action}`;
  const { metafile: bundled } = await build({
    entryPoints: { index: `action-templates/${action}/main.ts` },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    minify: true,
    legalComments: 'none',
    metafile: true,
    plugins: [leaveOut, pure],
    alias,
    banner: { js: `// ${MARK}: a copy of an action of orch ${version}.\n${banner.js}` },
  });
  // What a sandbox is given.
  if (action === 'run-task') await markedCopy('dist/supervisor.mjs', `${outdir}/supervisor.mjs`);
  const definition = await readFile(`action-templates/${action}/action.yml`, 'utf8');
  await writeFile(`${outdir}/action.yml`, `# ${MARK}: a copy of an action of orch ${version}.\n${definition}`);
  await writeFile(`${outdir}/THIRD-PARTY-LICENSES.txt`, `${MARK}.\n\n${await licenses(bundled)}`);
}
await mkdir('dist/schema', { recursive: true });
await cp('src/orchestrator/schema.json', 'dist/schema/orchestrator.schema.json');
// The prompts and templates that `orch init --contour` copies.
for (const contour of (await readdir('framework')).filter((name) => name !== 'orchestrator'))
  await cp(`framework/${contour}`, `dist/framework/${contour}`, { recursive: true });
await writeFile(
  'dist/THIRD-PARTY-LICENSES.txt',
  await licenses({ inputs: { ...metafile.inputs, ...hashFiles.inputs } }),
);

async function markedCopy(from, to) {
  await writeFile(to, `// ${MARK}: a copy of a program of orch ${version}.\n${await readFile(from, 'utf8')}`);
}

/** The licence of every package whose code is in the bundle. */
async function licenses({ inputs }) {
  const folders = new Set();
  for (const path of Object.keys(inputs)) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
    if (match) folders.add(match[1]);
  }
  const parts = [];
  for (const folder of [...folders].sort((a, b) => (a < b ? -1 : 1))) {
    const { name, version: of, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
    const text = await licenseText(folder);
    if (!words(license).every((word) => /^(MIT|ISC|BSD-[23]-Clause|Apache-2\.0|0BSD|BlueOak-1\.0\.0)$/.test(word)))
      throw new Error(`${name}: licence ${license} is not one that we bundle`);
    parts.push(`${name} ${of} (${license})\n\n${text.trim()}\n`);
  }
  return `orch contains code of these packages.\n\n${parts.join(`\n${'-'.repeat(78)}\n\n`)}`;
}

/** `(Apache-2.0 AND BSD-3-Clause)` is two that both hold. */
function words(license) {
  return (license ?? '').replace(/^\((.*)\)$/, '$1').split(' AND ');
}

async function licenseText(folder) {
  for (const file of ['LICENSE', 'LICENSE.md', 'license', 'LICENCE', 'license.md', 'LICENSE.txt', 'License.md']) {
    try {
      return await readFile(`${folder}/${file}`, 'utf8');
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  return '(the package names its licence and contains no text of it)';
}
