/** How what runs in a container reaches the services of the run: by a port in there, over the line to its supervisor. */
import { connect } from 'node:net';
import type { Result } from '../../shared/result.ts';
import type { Supervised } from '../environments/index.ts';
import type { JobAccess } from '../services/index.ts';

/** `port` 0: any that is free. The port, or why there is none. */
export async function joinServices(
  container: Supervised,
  access: JobAccess,
  port: number,
): Promise<Result<number, string>> {
  const { origin } = await access.enter();
  const { hostname: host, port: ours } = new URL(origin);
  return container.listen(port, () => connect({ host, port: Number(ours), allowHalfOpen: true }));
}
