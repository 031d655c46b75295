/**
 * The environment of a container's first process. Of what an image or a user sets there, some changes how programs are
 * loaded: a library of the image's cannot be put before ours, and Node's own options are not for the supervisor. Those
 * variables are empty for it, and what it starts gets them as they were.
 */
import type { Engine } from './engine.ts';
import { configOfImage } from './images.ts';

export type Variables = Readonly<Record<string, string>>;

const LOADING =
  /^(?:(?:LD|NODE|OPENSSL|SSL_CERT|MALLOC|UV)_\w*|GLIBC_TUNABLES|GCONV_PATH|LOCPATH|NLSPATH|BASH_ENV|ENV)$/;

export interface FirstEnvironment {
  /** As the engine takes them. */
  readonly entries: readonly string[];
  /** For what is started later, in place of empty ones. */
  readonly kept: Variables;
}

/** `wanted` are entries over those of the image, a later one before an earlier. */
export async function divideEnvironment(
  engine: Pick<Engine, 'docker'>,
  image: string,
  wanted: readonly string[],
): Promise<FirstEnvironment> {
  const config = await configOfImage(engine, image);
  const kept = Object.fromEntries(
    [...(config.Env ?? []), ...wanted].map(splitEntry).filter(([name]) => LOADING.test(name)),
  );
  const others = wanted.filter((entry) => !Object.hasOwn(kept, splitEntry(entry)[0]));
  return { entries: [...others, ...Object.keys(kept).map((name) => `${name}=`)], kept };
}

/** At the first `=`; without one all of it is the name. */
export function splitEntry(entry: string): readonly [name: string, value: string] {
  const at = entry.indexOf('=');
  return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
}
