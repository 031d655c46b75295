/** Strings that must not be mixed up, told apart by the compiler alone. */
declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** An absolute path on this machine; in a container, a step sees others. */
export type HostPath = Brand<string, 'HostPath'>;

export function hostPath(path: string): HostPath {
  return path as HostPath;
}
