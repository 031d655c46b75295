import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestOf } from './create-draft.ts';
import { readCreateOptions } from './create-options.ts';

function read(options: string) {
  const draft = readCreateOptions(options);
  return draft.ok ? { ...requestOf(draft.value), aliases: draft.value.aliases } : draft.error;
}

describe('options of a container', () => {
  it.each([
    ['--cpus 1.5 --memory=512m', { HostConfig: { NanoCpus: 1.5e9, Memory: 536_870_912 } }],
    ['-m 1g --shm-size 64mb', { HostConfig: { Memory: 1_073_741_824, ShmSize: 67_108_864 } }],
    ['--user 1001:1001 -w /app -h box', { User: '1001:1001', WorkingDir: '/app', Hostname: 'box' }],
    ['-u1001', { User: '1001' }],
    ['--privileged --init=false', { HostConfig: { Privileged: true, Init: false } }],
    ['-it --rm', {}],
    ['--cap-add A --cap-add=B --cap-drop ALL', { HostConfig: { CapAdd: ['A', 'B'], CapDrop: ['ALL'] } }],
    ['--security-opt no-new-privileges', { HostConfig: { SecurityOpt: ['no-new-privileges'] } }],
    ['--tmpfs /run:size=1m --tmpfs /tmp', { HostConfig: { Tmpfs: { '/run': 'size=1m', '/tmp': '' } } }],
    [
      '--ulimit nofile=1:2 --ulimit core=0',
      {
        HostConfig: {
          Ulimits: [
            { Name: 'nofile', Soft: 1, Hard: 2 },
            { Name: 'core', Soft: 0, Hard: 0 },
          ],
        },
      },
    ],
    [
      '--device /dev/a:/dev/b:r',
      { HostConfig: { Devices: [{ PathOnHost: '/dev/a', PathInContainer: '/dev/b', CgroupPermissions: 'r' }] } },
    ],
    ['-e A=b -e "C=d e"', { Env: ['A=b', 'C=d e'] }],
    ['-v /a:/b:ro -v /c', { HostConfig: { Binds: ['/a:/b:ro'] }, Volumes: { '/c': {} } }],
    [
      '-p 127.0.0.1:8080:80 -p 53:53/udp -p 90',
      {
        ExposedPorts: { '80/tcp': {}, '53/udp': {}, '90/tcp': {} },
        HostConfig: {
          PortBindings: {
            '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }],
            '53/udp': [{ HostIp: '', HostPort: '53' }],
            '90/tcp': [{ HostIp: '', HostPort: '' }],
          },
        },
      },
    ],
    [
      '--mount type=bind,src=/a,dst=/b,readonly',
      { HostConfig: { Mounts: [{ Type: 'bind', Source: '/a', Target: '/b', ReadOnly: true }] } },
    ],
    [
      `--health-cmd "redis-cli 'ping'" --health-interval 10s\n --health-timeout=1m30s --health-retries 5`,
      { Healthcheck: { Test: ['CMD-SHELL', "redis-cli 'ping'"], Interval: 1e10, Timeout: 9e10, Retries: 5 } },
    ],
    ['--no-healthcheck', { Healthcheck: { Test: ['NONE'] } }],
    ['--network-alias a --network-alias b', { aliases: ['a', 'b'] }],
    ['--label a=b=c -l d', { Labels: { a: 'b=c', d: '' } }],
    ['', {}],
  ])('%s', (options, expected) => {
    expect(read(options)).toMatchObject(expected);
  });

  it.each([
    ['--network host', 'the option --network is not supported: a job has a network of its own'],
    ['--entrypoint=sh', 'the option --entrypoint is not supported: a service has the key entrypoint for it'],
    ['--frobnicate 1', 'the option --frobnicate is not supported'],
    ['--constructor', 'the option --constructor is not supported'],
    ['-z', 'the option -z is not supported'],
    ['--memory', '--memory wants a value'],
    ['--memory lots', '--memory: "lots" is no size'],
    ['--init=maybe', '--init wants true or false'],
    ['--publish 99999', '--publish: "99999" is no port'],
    ['--publish 80-90:80', '--publish: "80-90:80" maps ranges'],
    ['--mount type=bind,src=a,dst=/b', '--mount: type=bind,src=a,dst=/b has no absolute source'],
    ['image command', '"image" is no option'],
    ['--label "a', '"a is not closed'],
  ])('%s is a mistake', (options, message) => {
    expect(read(options)).toContain(message);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof readCreateOptions(text).ok === 'boolean'));
  });
});
