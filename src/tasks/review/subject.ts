/** Which task's work is reviewed, and for the how-many-th time. */
export interface ReviewSubject {
  readonly task: string;
  /** From 1. */
  readonly round: number;
}

export function isReviewSubject(value: unknown): value is ReviewSubject {
  if (typeof value !== 'object' || value === null) return false;
  const { task, round } = value as Record<string, unknown>;
  return typeof task === 'string' && task !== '' && typeof round === 'number' && Number.isInteger(round) && round > 0;
}
