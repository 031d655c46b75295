import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inputJson } from './input-json.ts';

it('keeps on one line what fits there, and gives everything else lines of their own', () => {
  const short = { image: 'node:22', network: ['registry.npmjs.org'], empty: [] };
  expect(inputJson(short)).toBe('{"image":"node:22","network":["registry.npmjs.org"],"empty":[]}');
  const long = 'x'.repeat(90);
  expect(inputJson([short, { image: long, more: [1, long], none: {} }])).toBe(
    [
      '[',
      '  {"image":"node:22","network":["registry.npmjs.org"],"empty":[]},',
      '  {',
      `    "image": "${long}",`,
      '    "more": [',
      '      1,',
      `      "${long}"`,
      '    ],',
      '    "none": {}',
      '  }',
      ']',
    ].join('\n'),
  );
});

it('reads as the same value, whatever it is', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      expect(JSON.stringify(JSON.parse(inputJson(value)))).toBe(JSON.stringify(value));
    }),
    { numRuns: 100 },
  );
});
