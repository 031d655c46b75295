/** What a workflow's expressions stand on, whatever its jobs come to. */
import type { Json } from '../workflow/index.ts';

/** What the expressions of jobs see beside `needs`, `matrix` and `strategy`. */
export interface PlanContexts {
  readonly github: Json;
  readonly inputs: Json;
  readonly vars: Json;
  /** What calls pass on. Never part of an event. */
  readonly secrets?: Readonly<Record<string, string>>;
}
