/** Text cut to a length before anybody has masked it, in a way that the masker can still make it safe. */

/** Stands where something is missing. The masker looks for the beginning of a secret right before it. */
export const CUT = '…';

/** At most `most` characters, the last of which says that there were more. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  // Not half a character at the cut.
  return `${text.slice(0, most - CUT.length).replace(/[\ud800-\udbff]$/, '')}${CUT}`;
}
