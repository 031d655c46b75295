/** What the user is called. */
import { userInfo } from 'node:os';

/** Containers are often run as a number that no list of users has; then it is the number. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return process.env['USER'] || String(process.getuid?.() ?? 'unknown');
  }
}
