import { expect, it } from 'vitest';
import { type Behaviour, environmentContract } from '../../../test/contract/environment-contract.ts';
import { hostPath } from '../../shared/brand.ts';
import { createFakeEnvironment, type FakeCall } from './fake.ts';
import { createFakeClock } from './fake-clock.ts';

environmentContract('the fake', async () => {
  const environment = createFakeEnvironment();
  return {
    start: async (behaviour, onOutput) => {
      const running = await environment.start({ argv: ['command'], cwd: hostPath('/'), env: {}, onOutput });
      await perform(await environment.command('command').next(), behaviour);
      return running;
    },
  };
});

async function perform(call: FakeCall, { prints = [], leaves = 0, ends }: Behaviour): Promise<void> {
  if (ends === 'missing') call.fail('there is no program');
  if (ends === 'refuse') call.ignoreStop();
  const printed = Promise.all(prints.map((text) => call.stdout(text)));
  call.leave(leaves);
  if (typeof ends === 'string') return;
  await printed;
  if ('exit' in ends) call.exit(ends.exit);
  else call.signal(ends.signal);
}

const request = (command: string) => ({
  argv: ['bash', '-c', command] as const,
  cwd: hostPath('/'),
  env: {},
  onOutput: () => undefined,
});

it('hands out starts in order, whether asked for before or after', async () => {
  const environment = createFakeEnvironment();
  const early = environment.command('make').next();
  await environment.start(request('make'));
  await environment.start(request('make'));
  await environment.start(request('test'));
  expect(await early).not.toBe(await environment.command('make').next());
  expect(environment.waiting()).toEqual(['test']);
  expect((await environment.command('bash -c test').next()).request.argv).toEqual(['bash', '-c', 'test']);
  expect(environment.waiting()).toEqual([]);
});

it('measures the grace on the clock it is given', async () => {
  const clock = createFakeClock();
  const environment = createFakeEnvironment(clock);
  const running = await environment.start(request('serve'));
  const call = await environment.command('serve').next();
  call.ignoreStop();
  const stopping = running.stop(10_000);
  expect(await call.stopped).toBe(10_000);
  await clock.advance(9_999);
  expect(clock.pending()).toBe(1);
  await clock.advance(1);
  await stopping;
  expect(await running.exit).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
});
