import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openParts } from './parts.ts';

const NODE = `${process.version}-${process.platform}-${process.arch}`;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parts-'));
  mkdirSync(join(folder, 'program'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const wrap = (body: string): string => `(function(exports,require,module){${body}})`;

function write(name: string, body: string): void {
  writeFileSync(join(folder, 'program', name), wrap(body));
}

function writeCompiled(name: string, body: string, node = NODE): void {
  mkdirSync(join(folder, 'compiled', node), { recursive: true });
  writeFileSync(join(folder, 'compiled', node, `${name}.bin`), new Script(wrap(body)).createCachedData());
}

it('loads parts that need one another, each once', () => {
  write('a.js', 'exports.name = "a"; exports.b = require("./b.js"); exports.runs = (globalThis.runs ?? 0) + 1;');
  write('b.js', 'module.exports = { a: require("./a.js"), early: require("./a.js").name };');
  const load = openParts(folder);
  const a = load('./a.js');
  expect(a).toMatchObject({ name: 'a', b: { early: 'a' }, runs: 1 });
  expect(load('./a.js')).toBe(a);
});

it('gives modules of Node, and nothing else that is no part', () => {
  const load = openParts(folder);
  expect(load('node:path')).toBe(process.getBuiltinModule('node:path'));
  expect(load('fs')).toBe(process.getBuiltinModule('node:fs'));
  expect(() => load('left-pad')).toThrow('there is no module left-pad');
  expect(() => load('./gone.js')).toThrow('ENOENT');
});

it('takes the compiled code of a part', () => {
  write('a.js', 'exports.who = "text";');
  // Of a text as long, which is all that V8 looks at: what runs is what was compiled.
  writeCompiled('a.js', 'exports.who = "code";');
  expect(openParts(folder)('./a.js')).toEqual({ who: 'code' });
});

it.each([
  ['of another text', () => writeCompiled('a.js', 'exports.who = "another text";')],
  ['of another Node', () => writeCompiled('a.js', 'exports.who = "code";', 'v1.2.3-linux-x64')],
  ['no compiled code at all', () => write('unused.js', '')],
  [
    'damaged',
    () => {
      mkdirSync(join(folder, 'compiled', NODE), { recursive: true });
      writeFileSync(join(folder, 'compiled', NODE, 'a.js.bin'), 'cut off');
    },
  ],
])('compiles the text where there is compiled code %s', (_, prepare) => {
  write('a.js', 'exports.who = "text";');
  prepare();
  expect(openParts(folder)('./a.js')).toEqual({ who: 'text' });
});

it('a fault names the file of the part', () => {
  write('a.js', 'throw new Error("broken");');
  try {
    openParts(folder)('./a.js');
    expect.unreachable();
  } catch (error) {
    expect(String(error instanceof Error && error.stack)).toContain(join(folder, 'program', 'a.js'));
  }
});
