/** GitHub's workflow language. */
export * from './model.ts';
