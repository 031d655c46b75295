import { describe, expect, test } from 'vitest';
import { createScreen, type Screen } from './screen.ts';
import { openTerminal } from './terminal.ts';
import { createVirtualTerminal, type VirtualTerminal } from './testing/virtual-terminal.ts';

function open(columns: number, rows: number): { tty: VirtualTerminal; screen: Screen } {
  const tty = createVirtualTerminal(columns, rows);
  return { tty, screen: createScreen(openTerminal(tty, { LANG: 'C.UTF-8' })) };
}

describe('createScreen', () => {
  test('draws over what it drew, whether lines are added or taken away', () => {
    const { tty, screen } = open(20, 10);
    tty.write('before\n');
    screen.draw(['one', 'two', 'three']);
    expect(tty.screen()).toEqual(['before', 'one', 'two', 'three']);
    screen.draw(['one', 'a longer two']);
    expect(tty.screen()).toEqual(['before', 'one', 'a longer two']);
    screen.draw(['1', '2', '3', '4']);
    expect(tty.screen()).toEqual(['before', '1', '2', '3', '4']);
    screen.clear();
    expect(tty.screen()).toEqual(['before']);
    expect(tty.cursor()).toEqual({ column: 0, visible: true });
  });

  test('writes only the lines that are new', () => {
    const { tty, screen } = open(20, 10);
    screen.draw(['stays', 'changes']);
    const before = tty.written().length;
    screen.draw(['stays', 'changed']);
    expect(tty.written().slice(before)).not.toContain('stays');
    const after = tty.written().length;
    screen.draw(['stays', 'changed']);
    expect(tty.written()).toHaveLength(after);
  });

  test('lasting lines go above', () => {
    const { tty, screen } = open(20, 10);
    screen.draw(['a', 'b']);
    screen.print('first');
    screen.print('second');
    screen.draw(['a', 'c']);
    expect(tty.screen()).toEqual(['first', 'second', 'a', 'c']);
  });

  test('at the bottom of the terminal the block scrolls with the rest', () => {
    const { tty, screen } = open(20, 4);
    tty.write('1\n2\n3\n');
    screen.draw(['a', 'b', 'c']);
    screen.draw(['d', 'e', 'f']);
    expect(tty.screen()).toEqual(['d', 'e', 'f']);
    expect(tty.history()).toEqual(['1', '2', '3']);
  });

  test('a narrower terminal wraps what was drawn, and it is cleaned up all the same', () => {
    const { tty, screen } = open(40, 10);
    tty.write('before\n');
    screen.draw(['x'.repeat(35), '\u001b[31myyy\u001b[39m', 'z'.repeat(39)]);
    tty.resize(20, 10);
    screen.draw(['x', 'y', 'z']);
    expect(tty.screen()).toEqual(['before', 'x', 'y', 'z']);
    tty.resize(60, 10);
    screen.draw(['wide again']);
    expect(tty.screen()).toEqual(['before', 'wide again']);
  });
});
