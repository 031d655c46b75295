/** What steps tell by their output and their command files, read without side effects. */
export {
  COMMAND_FILES,
  type CommandFile,
  type FileContent,
  fileFailed,
  MAX_COMMAND_FILE,
  MAX_SUMMARY,
  readCommandFile,
} from './command-files.ts';
export {
  type CommandReader,
  type CommandReaderOptions,
  createCommandReader,
  type StreamReader,
} from './command-reader.ts';
export { type Annotation, type CommandEffect, createAnnotationLimit } from './effects.ts';
export { createLineReader, type LineReader } from './lines.ts';
export { createMatcherRegistry, type MatcherRegistry } from './matcher-registry.ts';
export type { RepositoryFile } from './problem-annotation.ts';
export type { ProblemMatcher } from './problem-matcher.ts';
