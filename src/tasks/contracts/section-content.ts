/** Whether a section says anything: its own words, not its heading's, and not those of the template. */
import type { Section } from './markdown.ts';

/** Of a heading, more is a mistake, and comparing it takes time. */
const LONGEST = 300;

/** Headings are compared as people read them: no marks, no number before them, no case, no punctuation at the end. */
function plainTitle(title: string): string {
  return title
    .slice(0, LONGEST)
    .normalize('NFKC')
    .replace(/[*_`]/g, '')
    .replace(/^\d+(?:\.\d+)*[.)]?[ \t]+/, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/[\s\p{P}\p{S}]+$/u, '')
    .trim()
    .toLowerCase();
}

export function sectionsNamed(sections: readonly Section[], title: string): readonly Section[] {
  const wanted = plainTitle(title);
  return sections.filter((section) => plainTitle(section.title) === wanted);
}

/** `template` are the same section's occurrences in the template, where one is at hand. */
export function isFilled(section: Section, template: readonly Section[]): boolean {
  const words = wordsOf(section);
  return words !== '' && !template.some((other) => wordsOf(other) === words);
}

/** What a person is to replace: nothing is said by it. */
const PLACEHOLDER = /^\W*(?:todo|tbd|fixme|to be (?:done|written|filled in))\W*$/i;

function wordsOf({ lines }: Section): string {
  const told = lines.filter(({ text }, index) => {
    const next = lines[index + 1]?.text;
    // A table's head without a row below it says nothing.
    const isHead = next !== undefined && isTableRule(next);
    return /[\p{L}\p{N}]/u.test(text) && !PLACEHOLDER.test(text) && !isHead;
  });
  return told.map(({ text }) => text.trim().replace(/\s+/g, ' ')).join('\n');
}

function isTableRule(text: string): boolean {
  return text.includes('-') && text.includes('|') && /^[ \t|:-]+$/.test(text);
}
