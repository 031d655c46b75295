// The dependency table of docs/architecture.md, section "Who may import whom", as rules.
// A folder that is missing from this table fails the test in test/architecture.
const table = {
  shared: { own: [], npm: ['yaml'], node: [] },
  workflow: { own: ['shared'], npm: ['yaml', '@actions/expressions', '@actions/workflow-parser'], node: [] },
  orchestrator: { own: ['shared', 'workflow'], npm: ['yaml', 'ajv'], node: [], fs: ['load.ts'] },
  engine: { own: ['shared', 'workflow'], npm: [], node: [] },
  tasks: { own: ['shared'], npm: ['yaml'], node: [] },
  'runner/commands': { own: ['shared'], npm: [], node: '*' },
  'runner/actions': { own: ['shared', 'workflow'], npm: [], node: '*' },
  'runner/environments': { own: ['shared'], npm: ['dockerode', 'tar-fs', '@balena/dockerignore'], node: '*' },
  'runner/services': { own: ['shared'], npm: [], node: '*' },
  'runner/workspaces': { own: ['shared'], npm: ['simple-git', 'picomatch'], node: '*' },
  'runner/sandboxes': { own: ['shared', 'tasks', 'runner/environments'], npm: [], node: '*' },
  'runner/jobs': { own: ['shared', 'workflow', 'engine', 'tasks', 'runner'], npm: [], node: '*' },
  'runner/steps': { own: ['shared', 'workflow', 'engine', 'tasks', 'runner'], npm: ['@actions/glob'], node: '*' },
  store: { own: ['shared', 'engine'], npm: [], node: '*' },
  reports: { own: ['shared', 'engine'], npm: [], node: [], fs: ['write.ts'] },
  parity: { own: ['shared', 'workflow', 'engine'], npm: [], node: [] },
  ui: { own: ['shared', 'engine', 'reports'], npm: ['listr2', 'chalk'], node: '*' },
  cli: { own: '*', npm: ['commander', 'diff', 'fflate'], node: '*' },
};
const folders = Object.keys(table);
const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const test = '\\.test\\.ts$|/testing/';

const forbidden = [
  { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  { name: 'folder-in-table', severity: 'error', from: { path: '^src/', pathNot: `^src/(${folders.map(escape).join('|')})/` }, to: {} },
  { name: 'nobody-imports-cli', severity: 'error', from: { path: '^src/', pathNot: '^src/cli/' }, to: { path: '^src/cli/' } },
];
for (const [folder, { own, npm, node, fs }] of Object.entries(table)) {
  const from = { path: `^src/${escape(folder)}/`, pathNot: test };
  const mine = Array.isArray(own) ? [folder, ...own] : [folder];
  if (own !== '*') {
    forbidden.push({ name: `${folder}-own`, severity: 'error', from, to: { path: '^src/', pathNot: `^src/(${mine.map(escape).join('|')})/` } });
  }
  // Another folder is reached through its index.ts; shared/ is small enough to be named file by file.
  forbidden.push({
    name: `${folder}-through-index`,
    severity: 'error',
    from,
    to: { path: '^src/', pathNot: `^src/(${escape(folder)}|shared)/|/index\\.ts$|/schema\\.json$` },
  });
  forbidden.push({
    name: `${folder}-npm`,
    severity: 'error',
    from,
    to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'], pathNot: npm.map((n) => `node_modules/${escape(n)}/`).join('|') || '^$' },
  });
  if (node !== '*') {
    const pathNot = fs ? `${test}|/(${fs.map(escape).join('|')})$` : test;
    forbidden.push({ name: `${folder}-node`, severity: 'error', from: { path: from.path, pathNot }, to: { dependencyTypes: ['core'] } });
  }
}
// The bundled actions stand outside of src: what they are made of is for other machines too.
forbidden.push(
  {
    name: 'action-templates-own',
    severity: 'error',
    from: { path: '^action-templates/', pathNot: test },
    to: { path: '^src/', pathNot: '^src/(shared/|(engine|store|reports|tasks|runner/environments|runner/workspaces|runner/sandboxes)/index\\.ts$)' },
  },
  {
    name: 'action-templates-npm',
    severity: 'error',
    from: { path: '^action-templates/', pathNot: test },
    to: {
      dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
      pathNot: 'node_modules/(@actions/(core|http-client)|fflate)/',
    },
  },
  { name: 'nobody-imports-action-templates', severity: 'error', from: { path: '^src/' }, to: { path: '^action-templates/' } },
);
module.exports = {
  table,
  forbidden,
  options: { tsPreCompilationDeps: true, tsConfig: { fileName: 'tsconfig.json' }, doNotFollow: { path: 'node_modules' }, enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'], exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] } },
};
