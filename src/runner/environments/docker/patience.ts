/** A time limit for the answers of the engine: one that hangs must not hang orch. */

/** Milliseconds. A machine under load may take long to make a container. */
const LIMIT = 120_000;
/** To say that it is there. */
const FIRST_LIMIT = 10_000;
/** What may rightly be silent before its first word: the end of a container, files that are copied, an image that is pulled or built. */
const UNHURRIED = /^\/(?:containers\/[^/]+\/(?:wait|archive)|images\/create|build|events)\b/;

interface Asked {
  readonly path: string;
  readonly abortSignal?: AbortSignal;
}

type Answered = (error: unknown, result?: unknown) => void;

/** The part of the client by which it asks everything. */
interface Modem {
  dial: (asked: Asked, answered: Answered) => void;
}

/** `seconds` is what the user has set (DOCKER_CLIENT_TIMEOUT). Of an answer that is a stream the beginning is limited. */
export function limitAnswers(modem: Modem, seconds: string | undefined): void {
  const longest = Number(seconds) > 0 ? Number(seconds) * 1000 : LIMIT;
  const dial = modem.dial.bind(modem);
  modem.dial = (asked, answered) => {
    if (UNHURRIED.test(asked.path)) return dial(asked, answered);
    const limit = asked.path === '/_ping' ? Math.min(FIRST_LIMIT, longest) : longest;
    const limited = new AbortController();
    const timer = setTimeout(() => limited.abort(), limit);
    const given = asked.abortSignal;
    const abortSignal = given === undefined ? limited.signal : AbortSignal.any([given, limited.signal]);
    dial({ ...asked, abortSignal }, (error, result) => {
      clearTimeout(timer);
      const tooLate = limited.signal.aborted;
      answered(tooLate ? timedOut(limit) : error, result);
    });
  };
}

function timedOut(limit: number): Error {
  return Object.assign(new Error(`nothing came within ${limit / 1000} seconds`), { code: 'ETIMEDOUT' });
}
