import { expect, it } from 'vitest';
import { hostPath } from '../../../shared/brand.ts';
import { createPathMap } from './path-map.ts';

const map = createPathMap([
  { host: hostPath('/work/job/repo'), inner: '/__w/repo' },
  { host: hostPath('/run/job-1/_temp'), inner: '/__w/_temp' },
  { host: hostPath('/run/job-1/_temp/_github_home'), inner: '/github/home' },
]);

it.each([
  ['/work/job/repo', '/__w/repo'],
  ['/work/job/repo/repo/a b', '/__w/repo/repo/a b'],
  ['/work/job/repository', '/work/job/repository'],
  ['/run/job-1/_temp/x.sh', '/__w/_temp/x.sh'],
  ['/run/job-1/_temp/_github_home/y', '/github/home/y'],
])('%s is %s inside', (host, inner) => {
  expect(map.toInner(host)).toBe(inner);
});

it.each([
  ['/__w/repo/repo/m.json', '/work/job/repo/repo/m.json'],
  ['/__w/_temp', '/run/job-1/_temp'],
  ['/__w/repo/../_temp/x', '/run/job-1/_temp/x'],
  ['/__w/repo/../../etc/passwd', undefined],
  ['/__w/repository', undefined],
  ['/etc/passwd', undefined],
])('%s inside is %s here', (inner, host) => {
  expect(map.toHost(inner)).toBe(host);
});
