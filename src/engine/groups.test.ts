import { describe, expect, it } from 'vitest';
import { type Candidate, type Joining, joinGroup, type Members, withMembers, withoutMembers } from './groups.ts';
import { createLocalGroups } from './memberships.ts';

const SINGLE = { queue: 'single', cancelInProgress: false } as const;
const MAX = { queue: 'max', cancelInProgress: false } as const;
const AT_ONCE = { queue: 'single', cancelInProgress: true } as const;

/** `run/leg@group`, the leg and who called it separated by `<`. */
function candidate(text: string): Candidate {
  const [, run = '', legs = '', group = ''] = /^(.*?)\/(.*)@(.*)$/.exec(text) ?? [];
  const [leg = '', ...callers] = legs.split('<');
  return { run, job: leg, leg, callers, group };
}

function played(...joins: readonly (readonly [string, Parameters<typeof joinGroup>[2]])[]) {
  let members: Members = [];
  const answers: string[] = [];
  for (const [text, wanted] of joins) {
    const [after, joining] = joinGroup(members, candidate(text), wanted);
    members = after;
    answers.push(answerText(joining));
  }
  return { members, answers };
}

function answerText(joining: Joining): string {
  if (joining.state === 'admitted') return 'admitted';
  const holder = 'holder' in joining ? ` ${joining.holder.run}/${joining.holder.leg}` : '';
  return joining.state === 'waiting' ? `waits for${holder}` : `${joining.why}${holder}`;
}

function standing(members: Members): readonly string[] {
  return members.map(({ run, leg, group, holds, displacedBy }) => {
    const by = displacedBy === undefined ? '' : ` < ${displacedBy.run}`;
    return `${run}/${leg}@${group} ${holds ? 'holds' : 'waits'}${by}`;
  });
}

describe('concurrency groups over all runs', () => {
  it('are told apart without regard to case', () => {
    const { answers } = played(['A/x@Deploy', SINGLE], ['B/@deploy', SINGLE], ['B/y@other', SINGLE]);
    expect(answers).toEqual(['admitted', 'waits for A/x', 'admitted']);
  });

  it('queue single: the one that waited makes way, whichever run it is of', () => {
    const { members } = played(['A/x@g', SINGLE], ['A/y@g', SINGLE], ['B/z@g', SINGLE]);
    expect(standing(members)).toEqual(['A/x@g holds', 'A/y@g waits < B', 'B/z@g waits']);
  });

  it('queue max: all wait, in their order', () => {
    const { members } = played(['A/@g', MAX], ['B/@g', MAX], ['C/@g', MAX]);
    expect(standing(withoutMembers(members, ({ run }) => run === 'A'))).toEqual(['B/@g holds', 'C/@g waits']);
  });

  it('cancel-in-progress: the holder makes way too, and holds until it has ended', () => {
    const { members } = played(['A/@g', SINGLE], ['B/@g', AT_ONCE], ['C/@g', AT_ONCE]);
    expect(standing(members)).toEqual(['A/@g holds < B', 'B/@g waits < C', 'C/@g waits']);
    expect(standing(withoutMembers(members, ({ run }) => run === 'A'))).toEqual(['B/@g waits < C', 'C/@g holds']);
  });

  it('who is put back after its record was lost keeps what it had', () => {
    const { members } = played(['A/@g', SINGLE], ['B/@g', MAX], ['C/@g', MAX]);
    const [, own] = members;
    expect(standing(withMembers([], members))).toEqual(standing(members));
    expect(standing(withMembers([], own === undefined ? [] : [own]))).toEqual(['B/@g holds']);
    expect(withMembers(members, members)).toBe(members);
  });

  it.each<[string, readonly (readonly [string, Parameters<typeof joinGroup>[2]])[], string]>([
    [
      'a job in the group of its own run',
      [
        ['A/@g', SINGLE],
        ['A/x@g', SINGLE],
      ],
      'deadlock A/',
    ],
    [
      'a job in the group of its caller',
      [
        ['A/c@g', SINGLE],
        ['A/c.x<c@g', MAX],
      ],
      'deadlock A/c',
    ],
    [
      'two runs that would wait for each other',
      [
        ['A/@a', SINGLE],
        ['B/@b', SINGLE],
        ['A/x@b', MAX],
        ['B/y@a', MAX],
      ],
      'deadlock A/',
    ],
    [
      'three of them',
      [
        ['A/@a', MAX],
        ['B/@b', MAX],
        ['C/@c', MAX],
        ['A/x@b', MAX],
        ['B/x@c', MAX],
        ['C/x@a', MAX],
      ],
      'deadlock A/',
    ],
    [
      'jobs that wait beside the one that holds',
      [
        ['A/x@a', MAX],
        ['B/x@b', MAX],
        ['A/y@b', MAX],
        ['B/y@a', MAX],
      ],
      'waits for A/x',
    ],
    [
      'a holder that is cancelled anyway',
      [
        ['A/@a', MAX],
        ['B/@b', MAX],
        ['A/x@b', MAX],
        ['B/y@a', AT_ONCE],
      ],
      'waits for A/',
    ],
  ])('%s: %s', (_, joins, answer) => {
    expect(played(...joins).answers.at(-1)).toBe(answer);
  });

  it('a hundred may wait, and no more', () => {
    const joins = Array.from({ length: 102 }, (_, n) => [`R${n}/@g`, MAX] as const);
    expect(played(...joins).answers.slice(-2)).toEqual(['waits for R0/', 'full']);
  });

  it('where nobody else takes part, any number may wait', () => {
    const groups = createLocalGroups();
    const joins = Array.from({ length: 300 }, (_, n) => groups.join(candidate(`R/x${n}@g`), { group: 'g', ...MAX }));
    expect(joins.map(({ state }) => state)).toEqual(['admitted', ...Array.from({ length: 299 }, () => 'waiting')]);
  });
});
