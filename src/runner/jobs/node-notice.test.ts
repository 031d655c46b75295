import { expect, it } from 'vitest';
import { nodeNotice } from './node-notice.ts';

type Using = 'node12' | 'node16' | 'node20' | 'node24';

it.each<readonly [string, readonly Using[], string | undefined]>([
  ['20.19.0', ['node20'], undefined],
  ['20.19.0', ['node12', 'node16'], undefined],
  ['20.19.0', ['node24'], 'node24'],
  ['24.1.0', ['node24'], undefined],
  ['24.1.0', ['node24', 'node12', 'node20'], 'node12'],
  ['22.0.0', ['node20', 'node24'], 'node20'],
])('on Node %s, of %j', (version, asked, told) => {
  const said: string[] = [];
  const notice = nodeNotice((line) => said.push(line), version);
  for (const using of asked) notice({ kind: 'node', using, main: 'm.js' });
  notice({ kind: 'composite', steps: [] });
  const line = `[orch] an action asks for ${told}; all actions run on the Node that runs orch, ${version}`;
  expect(said).toEqual(told === undefined ? [] : [line]);
});
