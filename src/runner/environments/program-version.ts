/** What a program calls its version: asked with stdin closed and within a time, since any program may hang. */
import { tmpdir } from 'node:os';
import { hostPath } from '../../shared/brand.ts';
import { startProcess } from './host.ts';

export interface VersionQuestion {
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly limit: number;
}

export type VersionAnswer =
  /** The first line that it printed, as it is. */
  | { readonly kind: 'answered'; readonly line: string }
  /** Why there is no answer, to stand behind the program's name. */
  | { readonly kind: 'silent'; readonly why: string };

/** More is no version. Bytes. */
const LIMIT = 16_384;
/** No run's id: what is started is ended here. */
const NO_RUN = 'version';

/** Asks `program --version`, and ends whatever that has started. */
export async function askVersion(program: string, { env, limit }: VersionQuestion): Promise<VersionAnswer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const running = await startProcess(
    {
      argv: [program, '--version'],
      cwd: hostPath(tmpdir()),
      env,
      onOutput: (chunk) => {
        if (bytes < LIMIT) chunks.push(chunk);
        bytes += chunk.length;
      },
    },
    { run: NO_RUN },
  );
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    void running.stop(0);
  }, limit);
  const exit = await running.exit;
  clearTimeout(timer);
  await running.reap();
  if (late) return { kind: 'silent', why: `did not tell its version within ${limit / 1000} seconds` };
  if (exit.kind === 'not-started') return { kind: 'silent', why: `cannot be started: ${exit.message}` };
  if (exit.kind === 'signalled') return { kind: 'silent', why: `was ended by ${exit.signal}` };
  const line = Buffer.concat(chunks)
    .toString('utf8')
    .split('\n')
    .find((text) => text.trim() !== '');
  if (exit.code !== 0) return { kind: 'silent', why: `ended with exit code ${exit.code}` };
  return line === undefined ? { kind: 'silent', why: 'printed no version' } : { kind: 'answered', line: line.trim() };
}
