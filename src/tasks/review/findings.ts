/** The findings of a review: rows of a table, each with a severity and a place. Pure. */
import { cutText } from '../../shared/cut-text.ts';
import { nearest } from '../../shared/diagnostic.ts';
import { SEVERITIES, type Severity } from '../../shared/verdict.ts';
import type { Section } from '../contracts/markdown.ts';
import { readTables, type Table, type TableRow } from './table.ts';

export interface ReviewFinding {
  readonly severity: Severity;
  /** As written, without marks. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Of a range; the same line otherwise. */
  readonly lastLine: number;
  readonly text: string;
  /** Where it stands in the report: the line, from 1. */
  readonly at: number;
}

export interface FindingFault {
  readonly at: number;
  readonly message: string;
}

export interface ReadFindings {
  readonly findings: readonly ReviewFinding[];
  readonly faults: readonly FindingFault[];
}

/** Rows that are read. Nobody reads more of them either. */
export const MOST_FINDINGS = 500;

/** A section holds a table of findings, or says that there are none. */
export function readFindings(section: Section): ReadFindings {
  const tables = readTables(section.lines);
  if (tables.length === 0) {
    const isNone = section.lines.some(({ text }) =>
      /^[\W_]{0,20}(?:none|no findings)(?: found)?[\W_]*$/i.test(text.slice(0, LONGEST)),
    );
    const message = `the section has neither a table with the columns ${COLUMNS.join(', ')} nor the word None`;
    return { findings: [], faults: isNone ? [] : [{ at: section.line, message }] };
  }
  const read = tables.map(readTable);
  const findings = read.flatMap((one) => one.findings);
  const faults = read.flatMap((one) => one.faults);
  const excess = findings[MOST_FINDINGS];
  if (excess === undefined) return { findings, faults };
  return {
    findings: findings.slice(0, MOST_FINDINGS),
    faults: [...faults, { at: excess.at, message: `a report may have ${MOST_FINDINGS} findings` }],
  };
}

const COLUMNS = ['Severity', 'File', 'Line', 'Finding'] as const;

type Column = (typeof COLUMNS)[number];

function readTable({ head, rows }: Table): ReadFindings {
  const titles = head.cells.map((cell) => plain(cell).toLowerCase());
  const missing = COLUMNS.filter((column) => !titles.includes(column.toLowerCase()));
  if (missing.length > 0) {
    const message = `the table has no column ${missing.join(', ')}; it needs ${COLUMNS.join(', ')}`;
    return { findings: [], faults: [{ at: head.line, message }] };
  }
  const read = rows.map((row) =>
    readRow(row, (column) => plain(row.cells[titles.indexOf(column.toLowerCase())] ?? '')),
  );
  return {
    findings: read.flatMap((one) => ('message' in one ? [] : one)),
    faults: read.flatMap((one) => ('message' in one ? one : [])),
  };
}

function readRow({ line: at }: TableRow, cell: (column: Column) => string): ReviewFinding | FindingFault {
  const word = cell('Severity').toLowerCase();
  const severity = SEVERITIES.find((known) => known === word);
  if (severity === undefined) return { at, message: severityProblem(word) };
  const file = cell('File');
  if (file === '') return { at, message: 'the finding names no file' };
  const lines = readLines(cell('Line'));
  if (lines === undefined)
    return { at, message: `the finding's line is ${shown(cell('Line'))}, not one such as 12, or 12-15` };
  const text = cell('Finding');
  if (text === '') return { at, message: 'the finding says nothing' };
  return { severity, file, ...lines, text, at };
}

/** `12`, `L12`, `12-15`. */
function readLines(text: string): Pick<ReviewFinding, 'line' | 'lastLine'> | undefined {
  const [, first, last = first] = /^L?([1-9]\d{0,8})(?:\s*[-–]\s*L?([1-9]\d{0,8}))?$/.exec(text) ?? [];
  const line = Number(first);
  const lastLine = Number(last);
  return line <= lastLine ? { line, lastLine } : undefined;
}

function severityProblem(word: string): string {
  const near = nearest(word, SEVERITIES);
  const hint = near === undefined ? '' : `; is it ${near}?`;
  return `the finding's severity is ${shown(word)}, not ${SEVERITIES.join(', ')}${hint}`;
}

/** Characters of a cell that count. */
const LONGEST = 2000;

/** Without the marks of code, stress and links around it. */
function plain(cell: string): string {
  const short = cutText(cell, LONGEST);
  const [, label] = /^\[([^\]]*)\]\([^)]*\)$/.exec(short) ?? [];
  return (label ?? short).replace(/^[*`\s]+|[*`\s]+$/g, '');
}

function shown(text: string): string {
  return JSON.stringify(cutText(text, 60));
}
