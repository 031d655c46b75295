import { expect, test } from 'vitest';
import { askProgram } from './small-program.ts';

const node = process.execPath;

test('tells what a program prints, which has nothing to read and our environment with more', async () => {
  const code = 'process.stdin.on("end", () => console.log(process.env.HOME, process.env.LC_ALL)).resume()';
  const { stdout, failed } = await askProgram(node, ['-e', code], { env: { LC_ALL: 'C' } });
  expect({ stdout, failed }).toEqual({ stdout: `${process.env['HOME']} C\n`, failed: false });
});

test('an exit code, a program that is not there, and one that takes too long are failures', async () => {
  const asked = await Promise.all([
    askProgram(node, ['-e', 'process.exit(3)']),
    askProgram('no-such-program-here', []),
    askProgram(node, ['-e', 'setInterval(() => undefined, 1000)'], { timeout: 200 }),
  ]);
  expect(asked.map(({ failed }) => failed)).toEqual([true, true, true]);
});
