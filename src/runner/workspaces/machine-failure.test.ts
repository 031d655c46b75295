import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MachineError } from '../../shared/failure.ts';
import { guard } from './machine-failure.ts';
import { temporaryDirectory } from './testing/sandbox.ts';

it('turns errors of the operating system into machine failures, and nothing else', async () => {
  const missing = join(temporaryDirectory(), 'missing');
  await expect(guard(readFile)(missing)).rejects.toMatchObject({
    name: 'MachineError',
    failure: { code: 'environment-lost' },
  });
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    syscall: 'write',
    path: '/x',
  });
  await expect(guard(() => Promise.reject(full))()).rejects.toMatchObject({
    failure: { code: 'disk-full', message: 'the disk is full: /x' },
  });
  const own = new MachineError({ code: 'internal', message: 'own' });
  await expect(guard(() => Promise.reject(own))()).rejects.toBe(own);
  const bug = new TypeError('bug');
  await expect(guard(() => Promise.reject(bug))()).rejects.toBe(bug);
  expect(await guard((path: string) => mkdir(path))(missing)).toBeUndefined();
});
