import { describe, expect, it } from 'vitest';
import { mapping, scalar } from './model.ts';
import { describePermissions, exceededPermissions, type Permissions, readPermissions } from './permissions.ts';

const of = (levels: Readonly<Record<string, string>> | string): Permissions => {
  const node =
    typeof levels === 'string'
      ? scalar(levels)
      : mapping(Object.fromEntries(Object.entries(levels).map(([scope, level]) => [scope, scalar(level)])));
  const read = readPermissions(node);
  if (read === undefined) throw new Error('nothing was read');
  return read;
};

describe('readPermissions (P1)', () => {
  it('leaves the unnamed at none', () => {
    expect(of({ contents: 'read', issues: 'write' })).toMatchObject({
      contents: 'read',
      issues: 'write',
      checks: 'none',
    });
    expect(Object.values(of({})).every((level) => level === 'none')).toBe(true);
  });

  it('gives each scope what it knows', () => {
    expect(of('read-all')).toMatchObject({ contents: 'read', models: 'read', 'id-token': 'none' });
    expect(of('write-all')).toMatchObject({ contents: 'write', models: 'read', 'id-token': 'write' });
    expect(readPermissions(undefined)).toBeUndefined();
  });
});

describe('exceededPermissions (P2)', () => {
  it.each<[Readonly<Record<string, string>> | string, Readonly<Record<string, string>> | string, string, string]>([
    [{ contents: 'write' }, { contents: 'read' }, 'contents: write', 'contents: read'],
    [{ issues: 'read', checks: 'write' }, {}, 'checks: write, issues: read', 'checks: none, issues: none'],
    [{ contents: 'read' }, { contents: 'write' }, '', ''],
    ['read-all', 'write-all', '', ''],
  ])('%j of %j', (requested, allowed, asks, has) => {
    const exceeded = exceededPermissions(of(requested), of(allowed));
    expect([describePermissions(exceeded, 'requested'), describePermissions(exceeded, 'allowed')]).toEqual([asks, has]);
  });
});
