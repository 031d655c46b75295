/** Patterns over paths: picomatch, set to what people expect of `expect` and `artifacts`. */
import picomatch from 'picomatch';

const compiled = new Map<string, (path: string) => boolean>();

/** `*` stops at `/`, `**` does not, dot files match like any other; `path` is relative with `/`. */
export function matchGlob(pattern: string, path: string): boolean {
  let matches = compiled.get(pattern);
  if (matches === undefined) {
    // A trailing slash names everything below.
    const whole = pattern.endsWith('/') ? `${pattern}**` : pattern;
    matches = picomatch(whole.replace(/^\.\//, ''), { dot: true, nonegate: true, strictSlashes: true });
    compiled.set(pattern, matches);
  }
  return matches(path);
}
