// @ts-check
/**
 * The import table of docs/architecture.md: a module may import itself, `core`, and what its row
 * names, and another module only through its index.ts. `scripts/check-imports.ts` proves that each
 * rule bites.
 */

/** @type {Readonly<Record<string, readonly string[]>>} */
const importTable = {
  core: [],
  process: [],
  suite: [],
  judge: [],
  record: [],
  store: ['process'],
  agent: ['process'],
  image: ['process', 'store'],
  plan: ['suite'],
  lanes: ['process', 'store', 'agent', 'image'],
  run: ['plan', 'lanes', 'judge', 'record'],
  bench: ['lanes', 'judge', 'record'],
  build: ['process', 'store', 'image', 'lanes'],
  report: ['record'],
  app: [
    'process',
    'suite',
    'judge',
    'record',
    'store',
    'agent',
    'image',
    'plan',
    'lanes',
    'run',
    'bench',
    'build',
    'report',
  ],
  vitest: ['app', 'report'],
  cli: ['app', 'report'],
};

const modules = Object.keys(importTable).join('|');

/** Packages (and Node modules) that one module owns. */
const owners = [
  { name: 'only-process-starts-processes', module: 'process', packages: ['execa'] },
  { name: 'only-store-makes-temporary-files', module: 'store', packages: ['tmp-promise'] },
  { name: 'only-cli-parses-arguments', module: 'cli', packages: ['yargs'] },
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(importTable).map(([module, allowed]) => ({
      name: `import-table-${module}`,
      comment: `${module} may import only: ${['core', ...allowed].join(', ')}`,
      severity: /** @type {const} */ ('error'),
      from: { path: `^src/${module}/` },
      to: { path: '^src/', pathNot: `^src/(${[module, 'core', ...allowed].join('|')})/` },
    })),
    {
      name: 'import-table-index',
      comment: 'The public API comes from app (and the words from core).',
      severity: 'error',
      from: { path: '^src/index\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(core|app)/' },
    },
    {
      name: 'import-table-unknown-module',
      comment: 'A new module needs a row in the import table.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(index\\.ts$|(${modules})/)` },
      to: {},
    },
    {
      name: 'only-through-index',
      comment:
        'Another module is imported through its index.ts; app has one file for each use case instead, ' +
        'so that a command loads no more than its own.',
      severity: 'error',
      from: { path: '^src/([^/]+)' },
      to: {
        path: '^src/[^/]+/',
        pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$', '^src/app/[^/]+\\.ts$'],
      },
    },
    {
      name: 'no-cycle',
      comment: 'Two files that need each other are one subject, or hide a third.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'src-never-imports-test',
      comment: 'What ships must not need the tests or the scripts.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' },
    },
    ...owners.map(({ name, module, packages }) => ({
      name,
      comment: `Only src/${module} may import ${packages.join(', ')}.`,
      severity: /** @type {const} */ ('error'),
      from: { path: '^src/', pathNot: `^src/${module}/` },
      to: { path: packages.map((name) => `(^|/)node_modules/(@types/)?${name}/`) },
    })),
    {
      name: 'only-process-imports-child-process',
      comment: 'Only src/process may start a host process.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/process/' },
      to: { path: '^(node:)?child_process$', dependencyTypes: ['core'] },
    },
    {
      name: 'only-declared-packages',
      comment:
        'A package that ships is in dependencies, not only there by chance. Types do not ship; those of a standard check what is written here.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/vitest/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'undetermined'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'only-what-resolves',
      comment: 'The file or the package is not there.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Types are dependencies too: a cycle of types is still two files that need each other.
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
};
