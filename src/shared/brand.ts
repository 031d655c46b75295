/** Strings that must not be mixed up, told apart by the compiler alone. */
declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** An absolute path on this machine. */
export type HostPath = Brand<string, 'HostPath'>;
/** An absolute path as a step sees it, which in a container is another one. */
export type InnerPath = Brand<string, 'InnerPath'>;

export function hostPath(path: string): HostPath {
  return path as HostPath;
}

export function innerPath(path: string): InnerPath {
  return path as InnerPath;
}
