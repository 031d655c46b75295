// Turns the modules that esbuild has split a program into to parts that src/cli/parts.ts loads, and compiles them ahead:
// most of what a short command takes is V8 reading and compiling it.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { transform } from 'esbuild';

/** `outputFiles` are of a build to ES modules; `options` those of the build. Parts and compiled code go below `dist`. */
export async function writeParts(outputFiles, { target, minifySyntax, minifyWhitespace }, dist) {
  const compiled = `${dist}/compiled/${process.version}-${process.platform}-${process.arch}`;
  await mkdir(`${dist}/program`, { recursive: true });
  await mkdir(compiled, { recursive: true });
  // V8 takes compiled code only with the flags that it was compiled with.
  for (const flag of JSON.parse(await readFile('src/cli/v8-flags.json', 'utf8'))) setFlagsFromString(flag);
  for (const { path, text } of outputFiles) {
    const name = basename(path);
    const { code } = await transform(text, {
      format: 'cjs',
      platform: 'node',
      target,
      minifySyntax,
      minifyWhitespace,
      supported: { 'dynamic-import': false },
    });
    const part = `(function(exports,require,module){${code}})`;
    const filename = `${dist}/program/${name}`;
    await writeFile(filename, part);
    await writeFile(`${compiled}/${name}.bin`, compile(part, filename));
  }
}

/** All functions: which of them a command uses shows only as it runs, and those it does not use cost it next to nothing. */
function compile(part, filename) {
  setFlagsFromString('--no-lazy');
  const script = new Script(part, { filename });
  setFlagsFromString('--lazy');
  return script.createCachedData();
}
