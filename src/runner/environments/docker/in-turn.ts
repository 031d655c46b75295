/** What is closed one after the other, whatever becomes of those before. */

/** Throws the first fault, when all have been called. */
export async function closeInTurn(...closings: readonly (() => unknown)[]): Promise<void> {
  const faults: unknown[] = [];
  for (const close of closings) {
    try {
      await close();
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) throw faults[0];
}
