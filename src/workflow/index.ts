/** GitHub's workflow language. */
export * from './expressions/index.ts';
export type { Json, JsonObject } from './json.ts';
export * from './model.ts';
