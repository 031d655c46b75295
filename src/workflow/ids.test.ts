import { describe, expect, test } from 'vitest';
import { checkId, makeLegIds } from './ids.ts';

describe('checkId', () => {
  test.each(['a', '_', '_a-b_9', 'A'.repeat(99)])('%s is an id', (id) => {
    expect(checkId(id)).toBeUndefined();
  });

  test.each(['', '1a', '-a', 'a.b', 'a b', 'é', 'a\n', 'A'.repeat(100)])('%j is none', (id) => {
    expect(checkId(id)).toMatch(/^The identifier '[^]*' is invalid\. IDs may only contain/);
  });

  test('two underscores are reserved', () => {
    expect(checkId('__a')).toBe("The identifier '__a' is invalid. IDs starting with '__' are reserved.");
  });
});

describe('makeLegIds', () => {
  test.each<[string, string[][], string[]]>([
    ['joined', [['20', 'linux']], ['_20_linux']],
    ['sanitised', [['a/b', 'c d', '-']], ['a_b_c_d_-']],
    ['a dash in front', [['-x']], ['_-x']],
    ['nothing', [[], ['']], ['job', 'job_2']],
    ['no two underscores in front', [['__x'], ['éé'], ['é']], ['_x', '_', '_2']],
    ['unique without regard to case', [['Ab'], ['aB'], ['ab_2'], ['ab']], ['Ab', 'aB_2', 'ab_2_2', 'ab_3']],
    ['25 characters, suffix included', [['x'.repeat(30)], ['x'.repeat(40)]], ['x'.repeat(25), `${'x'.repeat(23)}_2`]],
  ])('%s', (_, segments, ids) => {
    expect(makeLegIds(segments)).toEqual(ids);
  });

  test('256 legs that are alike', () => {
    expect(new Set(makeLegIds(Array.from({ length: 256 }, () => ['same']))).size).toBe(256);
  });
});
