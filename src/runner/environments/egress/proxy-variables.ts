/** The variables that send the programs of a box through its proxy. */

/** What goes to the box itself needs no proxy. */
const DIRECT = 'localhost,127.0.0.1,::1';

/** For a proxy that is reached at `port`. curl reads some names in lower case alone, other programs in upper case. */
export function proxyVariables(port: number): Readonly<Record<string, string>> {
  const url = `http://127.0.0.1:${port}`;
  const upper = { HTTP_PROXY: url, HTTPS_PROXY: url, ALL_PROXY: url, NO_PROXY: DIRECT };
  const lower = Object.entries(upper).map(([name, value]) => [name.toLowerCase(), value]);
  // Node's own fetch and https look at the others only when told to.
  return { ...upper, ...Object.fromEntries(lower), NODE_USE_ENV_PROXY: '1' };
}
