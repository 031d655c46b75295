/** Places in the user's files. Lines and columns count from 1, as editors and GitHub do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** `end` is the position after the last character. */
export interface SourceRange {
  readonly start: Position;
  readonly end: Position;
}

export interface SourceLocation {
  /** The path as the user wrote it, or relative to where orch was started. */
  readonly file: string;
  readonly range?: SourceRange;
}
