/**
 * Ports of this machine that lead to the services of a job on another one: a container of orch's own in their network
 * connects to them, over the line to its supervisor. No port of that machine is opened.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { Failure } from '../../../shared/failure.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { emptyDraft } from './create-draft.ts';
import type { Engine } from './engine.ts';
import { type ExternalsSettings, prepareExternals } from './externals.ts';
import { provideExternalsImage } from './externals-image.ts';
import type { PortMapping } from './flag-values.ts';
import { type JobContainer, startWithMounts } from './job-container.ts';
import type { Owner } from './labels.ts';
import { MOST_STREAMS } from './streams.ts';

export interface GateRequest {
  readonly owner: Owner;
  /** Its name. */
  readonly network: string;
  readonly externals: ExternalsSettings;
  readonly tell: (line: string) => void;
}

export interface Gate {
  /** The port of this machine by which that one of the service is reached, or why it cannot be. */
  open(service: string, port: PortMapping): Promise<Result<string, string>>;
  close(): Promise<void>;
}

/** Throws `MachineError` when the engine cannot have orch's own program. */
export async function openGate(engine: Engine, request: GateRequest): Promise<Result<Gate, Failure>> {
  const { owner, network, tell } = request;
  const externals = await prepareExternals(request.externals);
  const options = emptyDraft();
  Object.assign(options.host, { CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'], ReadonlyRootfs: true });
  const started = await startWithMounts(engine, {
    owner: { run: owner.run, job: `${owner.job} gate` },
    image: await provideExternalsImage(engine, externals, tell),
    options,
    mounts: [],
    workdir: '/',
    // The image holds nothing else.
    externals: { ...externals, mounts: [] },
    network,
    env: {},
  });
  return started.ok ? ok(gateOf(started.value)) : started;
}

function gateOf(container: JobContainer): Gate {
  const servers: Server[] = [];
  const clients = new Set<Socket>();
  return {
    open: async (service, { inner, hostIp, hostPort }) => {
      const [port, protocol] = inner.split('/');
      if (protocol !== 'tcp')
        return err(`the port ${inner} is on another machine, and only those of TCP are led to it`);
      const server = createServer({ allowHalfOpen: true }, (client) => {
        clients.add(client.once('close', () => clients.delete(client)));
        container.supervised.join(client, service, Number(port));
      });
      server.maxConnections = MOST_STREAMS;
      servers.push(server);
      return listen(server, { host: hostIp, port: Number(hostPort) });
    },
    close: async () => {
      for (const client of clients) client.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => void server.close(resolve))));
      await container.remove();
    },
  };
}

function listen(server: Server, at: { readonly host: string; readonly port: number }): Promise<Result<string, string>> {
  return new Promise((resolve) => {
    server.on('error', ({ message }) => resolve(err(`the port ${at.port} of this machine: ${message}`)));
    server.listen(at, () => {
      const address = server.address();
      resolve(ok(String(typeof address === 'object' ? address?.port : at.port)));
    });
  });
}
