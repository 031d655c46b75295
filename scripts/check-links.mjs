// Checks that the relative links, images and anchors of the repository's Markdown files lead somewhere.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const problems = [];
const anchorsOf = new Map();
const files = markdownFiles();
for (const file of files) checkFile(file);
for (const problem of problems) console.error(problem);
console.log(`${files.length} Markdown files, ${problems.length} broken links`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Those that git knows or would add: what a run of orch writes is ignored. */
function markdownFiles() {
  const output = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', '*.md']);
  return output.toString('utf8').split('\0').filter(isFile).sort();
}

function checkFile(file) {
  for (const { target, line } of linksIn(readFileSync(file, 'utf8'))) {
    // Other people's pages come and go; a check that needs the network would fail for their reasons.
    if (/^[a-z][a-z+.-]*:/i.test(target)) continue;
    const problem = problemOf(file, target);
    if (problem !== undefined) problems.push(`${file}:${line}: ${problem}`);
  }
}

function problemOf(file, target) {
  const [path = '', anchor] = target.split('#', 2);
  const place = path === '' ? file : normalize(join(dirname(file), decodeURI(path)));
  if (path.startsWith('/') || place.startsWith('..')) return `${target} leaves the repository`;
  if (!exists(place)) return `${target} is not there`;
  if (anchor === undefined || anchor === '') return undefined;
  if (!place.endsWith('.md')) return undefined;
  return anchors(place).has(anchor) ? undefined : `${target}: ${place} has no heading "#${anchor}"`;
}

/** `[text](target)`, `![text](target)`, `[name]: target` and `src="target"`, outside code. */
function linksIn(text) {
  const links = [];
  for (const [index, raw] of withoutFences(text).entries()) {
    const line = raw.replaceAll(/`[^`]*`/g, '');
    const found = [
      ...line.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g),
      ...line.matchAll(/^\s*\[[^\]]+\]:\s+<?(\S+?)>?(?:\s|$)/g),
      ...line.matchAll(/\b(?:src|href)="([^"]+)"/g),
    ];
    for (const [, target] of found) links.push({ target, line: index + 1 });
  }
  return links;
}

/** The lines, those of fenced code emptied. */
function withoutFences(text) {
  let fence;
  return text.split('\n').map((line) => {
    const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === undefined) {
      fence = mark;
      return mark === undefined ? line : '';
    }
    if (mark !== undefined && mark[0] === fence[0] && mark.length >= fence.length) fence = undefined;
    return '';
  });
}

/** The anchors that GitHub gives the headings of a file. */
function anchors(file) {
  const known = anchorsOf.get(file);
  if (known !== undefined) return known;
  const found = new Set();
  const counts = new Map();
  for (const line of withoutFences(readFileSync(file, 'utf8'))) {
    const heading = /^#{1,6}\s+(.+?)\s*#*\s*$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const slug = slugOf(heading);
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    found.add(count === 0 ? slug : `${slug}-${count}`);
  }
  anchorsOf.set(file, found);
  return found;
}

function slugOf(heading) {
  const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, '');
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replaceAll(' ', '-');
}

function exists(path) {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isFile(path) {
  return path !== '' && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
