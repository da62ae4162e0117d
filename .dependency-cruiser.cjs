/**
 * The import rules (ARCHITECTURE.md has a diagram). test/architecture plants a violation of each rule to prove that it is
 * reported; add new rules there too.
 */
const npm = (name) => `(^|/)node_modules/${name}/`;

/** What each folder under src may import from src, besides itself. */
const folders = {
  model: {
    may: [],
    comment:
      'Every process and the workflow sandbox load it, so it stays a leaf of plain types, tables and folds.',
  },
  money: {
    may: ['^src/model/'],
    comment: 'What ISO 4217 says about currencies; used where amounts are read or shown as decimal numbers.',
  },
  config: {
    may: ['^src/model/'],
    comment: 'Reads the environment and hands plain values to main; a new leg kind is a row in model.',
  },
  client: {
    may: [],
    comment: 'Typed documents generated from the public schema; their users depend on nothing else in src.',
  },
  saga: {
    may: ['^src/model/'],
    comment: 'Deterministic and bundled separately; the names and inputs of its activities are in model.',
  },
  worker: {
    may: ['^src/(model|money)/'],
    comment:
      'Carries out what the saga decides; main hands it the database and Temporal. It never calls the API.',
  },
  api: {
    may: ['^src/(model|money)/'],
    comment: 'Writes wishes and reads; main hands it the database and Temporal.',
  },
  partner: {
    may: ['^src/model/'],
    comment:
      'Stands for a system that is not ours: it knows our contract, docs/partner-api.md, and none of our code.',
  },
  temporal: {
    may: ['^src/model/'],
    comment: 'Starts and calls workflows by name and type, without importing their code.',
  },
  database: {
    may: ['^src/(model|money)/'],
    comment: 'Stores what model describes; knows none of its callers.',
  },
  web: {
    may: ['^src/client/', '^src/model/(codes|legs|sign-in)[.]ts$'],
    comment:
      'The page is a client of the public GraphQL API like any other; from model it imports only the table of leg kinds, for their titles, what a reference looks like, and how the API tells it to sign visitors in.',
  },
  main: {
    may: ['^src/(model|config|api|worker|partner|temporal|database|saga)/'],
    comment: 'Each file wires one process; only dev knows the servers that are started for a developer.',
  },
  dev: {
    may: ['^src/(main|config|database|temporal)/'],
    comment: 'Finds and starts the servers of a development machine, then the processes that main wires.',
  },
};

/** The API and the worker may import only types from these folders; main passes in the implementations. */
const typesOnly = '^src/(temporal|database)/';

/** Packages that only certain folders may import. No other folder may, not even as types. */
const packages = [
  {
    name: 'temporal-client-package',
    path: npm('@temporalio/client'),
    in: 'temporal|main|dev',
    comment: 'All other folders call Temporal through src/temporal, which classifies its errors.',
  },
  {
    name: 'temporal-workflow-package',
    path: npm('@temporalio/workflow'),
    in: 'saga',
    comment: 'It works only inside the workflow sandbox.',
  },
  {
    name: 'temporal-worker-package',
    path: npm('@temporalio/worker'),
    in: 'main',
    comment: 'It loads a native core that the API must not need; only main wires a worker.',
  },
  {
    name: 'temporal-activity-package',
    path: npm('@temporalio/activity'),
    in: 'worker|main',
    comment: 'The activity context exists only while an activity runs.',
  },
  {
    name: 'temporal-testing-package',
    path: npm('@temporalio/testing'),
    in: 'dev',
    comment: 'A development tool: nothing that serves bookings depends on it.',
  },
  {
    name: 'temporal-packages',
    path: '(^|/)node_modules/@temporalio/',
    in: 'temporal|saga|worker|main|dev|config',
    comment: 'Temporal stays at the edges: model, API and database do not know what runs the saga.',
  },
  {
    name: 'graphql-server-packages',
    path: '(^|/)node_modules/(type-graphql|@apollo/(?!client/)[^/]+|@as-integrations/[^/]+)/',
    in: 'api|main',
    comment: 'GraphQL is one way in: decorated classes outside api/ would tie the core to it.',
  },
];

const ownFolder = (name) => `^src/${name}/`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(folders).map(([name, { may, comment }]) => ({
      name: `${name}-imports`,
      comment,
      severity: 'error',
      from: { path: ownFolder(name) },
      to: {
        path: '^src/',
        pathNot: [ownFolder(name), ...may, ...(/^(api|worker)$/.test(name) ? [typesOnly] : [])],
      },
    })),
    {
      name: 'types-of-adapters-only',
      comment: 'main passes in the database and Temporal, so that a test can pass in others.',
      severity: 'error',
      from: { path: '^src/(api|worker)/' },
      to: { path: typesOnly, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'api-features-share-types',
      comment:
        'A feature of the API can be deleted without touching another. Shared code is in shared; server combines the features.',
      severity: 'error',
      from: { path: '^src/api/([^/]+)/', pathNot: '^src/api/(server)/' },
      to: {
        path: '^src/api/',
        pathNot: ['^src/api/$1/', '^src/api/shared/', '^src/api/[^/]+/[^/]+[.]type[.]ts$'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'unknown-folder',
      comment: 'A new folder under src needs a row in the table above, or no rule would cover it.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${Object.keys(folders).join('|')})/` },
      to: {},
    },
    ...packages.map((rule) => ({
      name: rule.name,
      comment: rule.comment,
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${rule.in})/` },
      to: { path: rule.path },
    })),
    {
      name: 'model-no-packages',
      comment: 'The workflow sandbox loads model, and it has no packages and no Node modules.',
      severity: 'error',
      from: { path: '^src/model/' },
      to: { pathNot: '^src/' },
    },
    {
      name: 'saga-only-workflow-package',
      comment:
        'Anything else is a source of non-determinism or fails in the sandbox (Node modules, decorators).',
      severity: 'error',
      from: { path: '^src/saga/' },
      to: { pathNot: ['^src/', npm('@temporalio/workflow'), npm('@temporalio/common')] },
    },
    {
      name: 'saga-common-types-only',
      comment: '@temporalio/workflow re-exports what works in the sandbox; import only types from common.',
      severity: 'error',
      from: { path: '^src/saga/' },
      to: { path: npm('@temporalio/common'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'supplier-siblings',
      comment: 'Each supplier adapter can be deleted without touching another.',
      severity: 'error',
      from: { path: '^src/worker/suppliers/([^/]+)/' },
      to: { path: '^src/worker/suppliers/[^/]+/', pathNot: '^src/worker/suppliers/$1/' },
    },
    {
      name: 'supplier-port-is-a-leaf',
      comment: 'Importing the port must not load the adapters.',
      severity: 'error',
      from: { path: '^src/worker/suppliers/[^/]+[.]port[.]ts$' },
      to: { path: '^src/worker/suppliers/[^/]+/' },
    },
    {
      name: 'worker-knows-no-adapter',
      comment: 'Only create-suppliers.ts knows every adapter; activities get theirs as a parameter.',
      severity: 'error',
      from: { path: '^src/worker/', pathNot: '^src/worker/suppliers/' },
      to: { path: '^src/worker/suppliers/([^/]+/|create-suppliers[.]ts$)' },
    },
    {
      name: 'api-reaches-no-worker-code',
      comment: 'The API process runs no saga and calls no supplier, not even through other modules.',
      severity: 'error',
      from: { path: '^src/main/api[.]ts$' },
      to: { path: '^src/(saga|worker)/', reachable: true },
    },
    {
      name: 'worker-reaches-no-api-code',
      comment: 'The worker process serves no GraphQL and never calls back into the API.',
      severity: 'error',
      from: { path: '^src/main/worker[.]ts$' },
      to: { path: '^src/api/', reachable: true },
    },
    {
      name: 'src-imports-no-test',
      comment: 'Shipped code does not depend on code that is not shipped.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'no-dev-dependencies',
      comment:
        'They are not installed in production. Types are erased; the page is bundled; dev is for development.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(web|dev)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'undeclared-package',
      comment: 'A package that package.json does not list is installed by accident.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'unresolvable',
      comment:
        'The other rules cannot check what cannot be resolved. (typed-document-node has only types, so there is no module to resolve.)',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@graphql-typed-document-node/core$' },
    },
    {
      name: 'no-circular',
      comment: 'Modules of a cycle can only be understood together, and their load order becomes accidental.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'No module imports it and it imports nothing: forgotten, or an entry point to be listed here.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          '^src/main/',
          '^src/dev/dev[.]ts$',
          '^src/saga/index[.]ts$',
          '^src/client/',
          '^src/web/',
          '[.]d[.]ts$',
        ],
      },
      to: {},
    },
  ],
  options: {
    // Includes `import type`: a dependency between folders counts even if it is erased.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    // `npm run check` and the architecture test check the same files, so the second reuses the first one's results.
    cache: { folder: 'node_modules/.cache/dependency-cruiser', strategy: 'content' },
    doNotFollow: { path: '(^|/)node_modules/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
