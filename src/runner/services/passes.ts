/** What opens the services of a run: a token for each job, in the form that GitHub's clients take apart, and signed addresses. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Whose token it is. Neither id holds a blank or a colon. */
export interface Bearer {
  readonly run: string;
  readonly job: string;
}

export interface Passes {
  tokenOf(bearer: Bearer): string;
  /** Undefined for a token that is not of these. */
  readToken(token: string): Bearer | undefined;
  /** For the `sig` of an address. */
  sign(what: string): string;
  isSigned(what: string, signature: string): boolean;
}

const HEADER = encode({ alg: 'HS256', typ: 'JWT' });
/** Longer ones are none of ours, and need not be looked into. */
const LONGEST_TOKEN = 4096;

/** The secret is this process's alone and nowhere written down. */
export function createPasses(secret: Uint8Array = randomBytes(32)): Passes {
  const mac = (kind: 'token' | 'address', text: string): string =>
    createHmac('sha256', secret).update(`${kind} ${text}`).digest('base64url');
  return {
    tokenOf: ({ run, job }) => {
      const payload = `${HEADER}.${encode({ scp: `Actions.Results:${run}:${job}` })}`;
      return `${payload}.${mac('token', payload)}`;
    },
    readToken: (token) => {
      const end = token.lastIndexOf('.');
      if (end < 0 || token.length > LONGEST_TOKEN) return undefined;
      const payload = token.slice(0, end);
      // What is read from here on was written here.
      return isSame(mac('token', payload), token.slice(end + 1)) ? decode(payload) : undefined;
    },
    sign: (what) => mac('address', what),
    isSigned: (what, signature) => isSame(mac('address', what), signature),
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(payload: string): Bearer | undefined {
  const { scp } = JSON.parse(Buffer.from(payload.slice(HEADER.length + 1), 'base64url').toString()) as { scp: string };
  const [, run, job] = scp.split(':');
  return run === undefined || job === undefined ? undefined : { run, job };
}

/** Takes as long whatever differs. */
function isSame(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}
