/** The parts of the built program: one function a file, loaded when it is asked for, compiled ahead where it was built. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { isErrno } from '../shared/errno.ts';

type Load = (id: string) => object;
type Part = (exports: object, load: Load, module: { exports: object }) => void;

/**
 * Loads a part that lies in `folder/program` by the name that the others have for it, `./NAME`, or a module of Node by
 * its own. Compiled code is there for the very Node that built the program; V8 itself refuses what does not fit the text
 * or its flags, and compiles that. Throws for a part that is not there: a broken installation.
 */
export function openParts(folder: string): Load {
  const compiled = join(folder, 'compiled', `${process.version}-${process.platform}-${process.arch}`);
  const loaded = new Map<string, { exports: object }>();
  const load: Load = (id) => {
    if (!id.startsWith('./')) return builtIn(id);
    const known = loaded.get(id);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    // Known before it runs: parts may need one another.
    loaded.set(id, module);
    const part = compile(join(folder, 'program', id), join(compiled, `${id}.bin`));
    part(module.exports, load, module);
    return module.exports;
  };
  return load;
}

function compile(filename: string, compiled: string): Part {
  const cachedData = readIfThere(compiled);
  const script = new Script(readFileSync(filename, 'utf8'), { filename, ...(cachedData && { cachedData }) });
  return script.runInThisContext() as Part;
}

function builtIn(id: string): object {
  const module = process.getBuiltinModule(id);
  if (module === undefined) throw new Error(`there is no module ${id}`);
  return module;
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
