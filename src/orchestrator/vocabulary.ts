/** Keys that get a better answer than "unknown key": those to come, and those that other tools use. */

/** Keys whose feature does not work yet. They are refused, since a task that ran without them would mislead. */
export const LATER_KEYS: ReadonlyMap<string, string> = new Map([['agent', 'agent presets are still to come']]);

/** What people coming from GitHub Actions and other runners write, and what it is called here. */
export const OTHER_WORDS: ReadonlyMap<string, string> = new Map([
  ['needs', 'depends_on'],
  ['dependencies', 'depends_on'],
  ['requires', 'depends_on'],
  ['run', 'command'],
  ['script', 'command'],
  ['cmd', 'command'],
  ['exec', 'command'],
  ['id', 'name'],
  ['environment', 'env'],
  ['variables', 'env'],
  ['concurrency', 'mutex'],
  ['timeout-minutes', 'timeout'],
  ['strategy', 'matrix'],
  ['retry', 'retries'],
  ['attempts', 'retries'],
  ['test', 'verify'],
  ['cwd', 'working_directory'],
  ['container', 'sandbox'],
  ['volumes', 'mounts'],
  ['jobs', 'tasks'],
  ['steps', 'tasks'],
]);

/** Task keys that cannot have a default. */
export const PER_TASK_KEYS: readonly string[] = ['name', 'depends_on', 'matrix'];

/** Task keys that `framework_review` has too, and takes from `defaults` when it says nothing of its own. */
export const FRAMEWORK_REVIEW_KEYS: readonly string[] = [
  'command',
  'prompt',
  'env',
  'env_from',
  'secrets',
  'timeout',
  'idle_timeout',
  'startup_timeout',
  'retries',
  'retry_delay',
  'retry_on',
  'retry_from',
  'sandbox',
  'working_directory',
  'shell',
];
