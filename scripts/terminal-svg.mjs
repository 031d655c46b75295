// Draws screens of a terminal, as `tmux capture-pane -e` prints them, as one SVG picture: a film when there are several.

const CELL = { width: 8.4, height: 18 };
const PADDING = 16;
const BAR = 34;
const FONT = 14;
const INK = '#d7dce5';
const PAPER = '#15181f';
const ESCAPE = String.fromCharCode(27);
const SGR = new RegExp(`(${ESCAPE}\\[[0-9;]*m)`);
/** The 16 colours of the terminal: dark ones first. */
const PALETTE = [
  '#5b6372',
  '#f7768e',
  '#9ece6a',
  '#e0af68',
  '#7aa2f7',
  '#bb9af7',
  '#6fd3e0',
  '#c6ccd9',
  '#8a93a6',
  '#ff8fa3',
  '#b5e07f',
  '#f2c57c',
  '#9db9ff',
  '#cdb4ff',
  '#93e4ee',
  '#ffffff',
];

/**
 * `screens`: what stood on the terminal, each for so many `seconds`. Whoever wants no motion, or opens a program that
 * knows none, sees the last screen.
 */
export function drawScreens(screens, { columns, rows, title }) {
  const width = Math.ceil(columns * CELL.width + 2 * PADDING);
  const height = Math.ceil(rows * CELL.height + 2 * PADDING + BAR - 8);
  const frames = screens.map(({ text }) => drawScreen(text, rows));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>text{font:${FONT}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre}${film(screens)}</style>`,
    `<rect width="${width}" height="${height}" rx="10" fill="${PAPER}"/>`,
    ...['#f7768e', '#e0af68', '#9ece6a'].map((fill, i) => `<circle cx="${20 + i * 20}" cy="18" r="6" fill="${fill}"/>`),
    `<text x="${width / 2}" y="23" text-anchor="middle" fill="${PALETTE[0]}">${escapeXml(title)}</text>`,
    ...frames.map((lines, i) => `<g id="f${i}" transform="translate(${PADDING} ${BAR + PADDING})">${lines}</g>`),
    '</svg>',
    '',
  ].join('\n');
}

/** Every frame has its share of one long animation. */
function film(screens) {
  if (screens.length === 1) return '';
  const last = screens.length - 1;
  const total = screens.reduce((sum, { seconds }) => sum + seconds, 0);
  const percent = (seconds) => `${((100 * seconds) / total).toFixed(2)}%`;
  let at = 0;
  const rules = screens.map(({ seconds }, i) => {
    const [from, to] = [percent(at), percent(at + seconds)];
    at += seconds;
    const before = i === 0 ? '' : '0%{opacity:0}';
    const after = i === last ? '' : `${to}{opacity:0}`;
    return `@keyframes k${i}{${before}${from}{opacity:1}${after}}#f${i}{animation:k${i} ${total.toFixed(1)}s step-end infinite}`;
  });
  const still = `g{opacity:0}#f${last}{opacity:1}`;
  return `${still}@media (prefers-reduced-motion:no-preference){${rules.join('')}}`;
}

function drawScreen(text, rows) {
  return text.split('\n').slice(0, rows).map(drawLine).join('');
}

function drawLine(line, row) {
  const y = (row * CELL.height + 4).toFixed(0);
  const spans = runsOf(line).filter(({ text }) => text.trim() !== '');
  if (spans.length === 0) return '';
  return `<text y="${y}">${spans.map(drawRun).join('')}</text>`;
}

/** Each run of one look stands at its own column, so that a font of another width cannot shift what follows. */
function drawRun({ column, text, look }) {
  const lead = text.length - text.trimStart().length;
  const x = ((column + lead) * CELL.width).toFixed(1);
  const style = [
    `fill="${look.colour ?? (look.dim ? PALETTE[8] : INK)}"`,
    ...(look.bold ? ['font-weight="700"'] : []),
    ...(look.dim && look.colour !== undefined ? ['opacity="0.7"'] : []),
  ];
  return `<tspan x="${x}" ${style.join(' ')}>${escapeXml(text.trim())}</tspan>`;
}

/** Splits a line at its SGR sequences. Every character that orch prints is one column wide. */
function runsOf(line) {
  const runs = [];
  let look = {};
  let column = 0;
  for (const part of line.split(SGR)) {
    const codes = part.startsWith(ESCAPE) ? part.slice(2, -1) : undefined;
    if (codes !== undefined) {
      look = applyCodes(look, codes === '' ? [0] : codes.split(';').map(Number));
    } else if (part !== '') {
      runs.push({ column, text: part, look });
      column += [...part].length;
    }
  }
  return runs;
}

function applyCodes(before, codes) {
  let look = before;
  for (const code of codes) {
    if (code === 0) look = {};
    else if (code === 1) look = { ...look, bold: true };
    else if (code === 2) look = { ...look, dim: true };
    else if (code === 22) look = { ...look, bold: false, dim: false };
    else if (code === 39) look = { ...look, colour: undefined };
    else if (code >= 30 && code <= 37) look = { ...look, colour: PALETTE[code - 30] };
    else if (code >= 90 && code <= 97) look = { ...look, colour: PALETTE[code - 90 + 8] };
  }
  return look;
}

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
