/** A request's body as text, up to a limit. */
import type { IncomingMessage } from 'node:http';
import { isErrno } from '../../shared/errno.ts';
import { ok, type Result } from '../../shared/result.ts';
import { type Refusal, refuse } from './refusal.ts';

/** `limit` is bytes. */
export async function readText(request: IncomingMessage, limit: number): Promise<Result<string, Refusal>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    // Otherwise nobody could be told why it was not read to its end.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const bytes = chunk as Uint8Array;
      length += bytes.length;
      if (length > limit) return refuse(413, `the request is longer than ${limit} bytes`);
      chunks.push(bytes);
    }
  } catch (error) {
    if (isErrno(error, 'ECONNRESET')) return refuse(400, 'the request broke off');
    throw error;
  }
  return ok(Buffer.concat(chunks).toString('utf8'));
}
