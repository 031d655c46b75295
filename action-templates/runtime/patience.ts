/** Trying again what the network, or the service behind it, may do better the next time. */

/** Milliseconds before the second attempt; each further wait is twice as long. */
export interface Patience {
  readonly attempts: number;
  readonly firstWait: number;
}

export const PATIENCE: Patience = { attempts: 5, firstWait: 1000 };

/**
 * What an attempt answers, or throws, once nothing is left to hope for: when `isFinal` says so of the answer, or when
 * the attempts are used up. What is thrown counts as an attempt that may go better.
 */
export async function patiently<T>(
  attempt: () => Promise<T>,
  isFinal: (answer: T) => boolean,
  { attempts, firstWait }: Patience,
): Promise<T> {
  for (let done = 1; ; done++) {
    try {
      const answer = await attempt();
      if (isFinal(answer) || done >= attempts) return answer;
    } catch (error) {
      if (done >= attempts) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, firstWait * 2 ** (done - 1)));
  }
}
