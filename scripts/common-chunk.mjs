// esbuild makes a chunk of each set of modules that the same commands share: dozens, most of them tiny, and each costs a
// start more to find and open than to read. The small ones that need no others are made one, which all commands load.
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

const SMALL = 4096;
/** Node has loaded these before it runs a program. */
const THERE_ALREADY = /^(node:)?(fs|path|url|events|buffer|util|fs\/promises)$/;

/** An esbuild plugin for a second build, made of the metafile of a first one; `first` is the entry that stays alone. */
export function commonChunk({ outputs }, first) {
  const modules = smallOnes(outputs).flatMap((path) => Object.keys(outputs[path].inputs));
  const entries = Object.values(outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
  // Packages are left as they are: to a CommonJS one esbuild would add the imports as calls, and those to all modules.
  const ours = new Set(
    entries.filter((entry) => entry !== first && entry.startsWith('src/')).map((entry) => resolve(entry)),
  );
  const imports = modules.map((path) => `import ${JSON.stringify(resolve(path))};\n`).join('');
  return {
    name: 'common-chunk',
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (!ours.has(path)) return undefined;
        return { contents: imports + (await readFile(path, 'utf8')), loader: 'ts', resolveDir: dirname(path) };
      });
    },
  };
}

/** Shared chunks that are small and import nothing but such, so that loading them brings nothing along. */
function smallOnes(outputs) {
  const small = new Set(
    Object.keys(outputs).filter((path) => outputs[path].entryPoint === undefined && outputs[path].bytes < SMALL),
  );
  const isAlone = ({ imports }) =>
    imports.every(
      ({ path, kind, external }) =>
        kind === 'dynamic-import' || small.has(path) || (external && THERE_ALREADY.test(path)),
    );
  for (let before = -1; before !== small.size; ) {
    before = small.size;
    for (const path of small) if (!isAlone(outputs[path])) small.delete(path);
  }
  return [...small];
}
