/**
 * Who may import whom (ARCHITECTURE.md has the picture). test/architecture plants a violation of each rule to prove
 * that it bites: name a new rule there too.
 */
const npm = (name) => `(^|/)node_modules/${name}/`;

/** What each folder under src may import of ours besides itself. */
const folders = {
  contract: {
    may: [],
    comment: 'Both processes and the workflow sandbox load it: it stays a leaf, plain types and constants.',
  },
  config: { may: [], comment: 'Reads the environment, and hands plain values to main.' },
  client: {
    may: [],
    comment: 'Typed documents generated from the public schema: whoever uses it knows nothing else about us.',
  },
  local: {
    may: [],
    comment: 'Finds and starts a development Temporal server; it knows nothing about bookings.',
  },
  booking: {
    may: ['^src/contract/'],
    comment: 'The core names its ports; main hands it the adapters (Temporal client, journal).',
  },
  graphql: {
    may: ['^src/booking/', '^src/contract/'],
    comment: 'The API reaches Temporal and the database only through the booking ports.',
  },
  temporal: {
    may: ['^src/booking/', '^src/contract/'],
    comment: 'An adapter of a booking port; starts workflows by name and type, without importing their code.',
  },
  workflows: {
    may: ['^src/contract/'],
    comment: 'Deterministic and bundled apart: the interface of the activities is in contract.',
  },
  suppliers: {
    may: ['^src/contract/'],
    comment: 'A supplier knows reservations, not bookings, Temporal or the API.',
  },
  activities: {
    may: ['^src/contract/', '^src/suppliers/[^/]+$', '^src/database/.*journal'],
    comment:
      'Activities see the supplier port and the journal; main chooses adapters. They never call the API.',
  },
  database: {
    may: ['^src/contract/'],
    comment: 'Stores what contract describes; main fits it to the ports.',
  },
  web: { may: ['^src/client/'], comment: 'The page is a client of the public GraphQL API like any other.' },
};

/** Packages that belong to certain folders. A folder not named here may not import them, not even as types. */
const packages = [
  {
    name: 'temporal-client-package',
    path: npm('@temporalio/client'),
    in: 'temporal|main|local',
    comment:
      'The rest of the API talks to the BookingEngine port, so that it can be tested without a server.',
  },
  {
    name: 'temporal-workflow-package',
    path: npm('@temporalio/workflow'),
    in: 'workflows',
    comment: 'It works only inside the workflow sandbox.',
  },
  {
    name: 'temporal-worker-package',
    path: npm('@temporalio/worker'),
    in: 'main',
    comment: 'It loads a native core that the API must not need; main alone wires a worker.',
  },
  {
    name: 'temporal-activity-package',
    path: npm('@temporalio/activity'),
    in: 'activities|main',
    comment: 'The activity context exists only while an activity runs.',
  },
  {
    name: 'temporal-testing-package',
    path: npm('@temporalio/testing'),
    in: 'local',
    comment: 'A development tool: nothing that serves bookings depends on it.',
  },
  {
    name: 'temporal-packages',
    path: '(^|/)node_modules/@temporalio/',
    in: 'temporal|workflows|activities|main|local|config',
    comment: 'Temporal stays at the edges: core, API and suppliers do not know who runs the saga.',
  },
  {
    name: 'graphql-server-packages',
    path: '(^|/)node_modules/(type-graphql|@apollo/(?!client/)[^/]+|@as-integrations/[^/]+)/',
    in: 'graphql|main',
    comment: 'GraphQL is one way in: decorated classes outside graphql/ would tie the core to it.',
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
      to: { path: '^src/', pathNot: [ownFolder(name), ...may] },
    })),
    {
      name: 'unknown-folder',
      comment: 'A new folder under src needs its row in the table above, or no rule would hold it.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(main|${Object.keys(folders).join('|')})/` },
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
      name: 'contract-no-packages',
      comment: 'The workflow sandbox loads contract: no package and no Node module can follow it in.',
      severity: 'error',
      from: { path: '^src/contract/' },
      to: { pathNot: '^src/' },
    },
    {
      name: 'workflows-only-workflow-package',
      comment:
        'Anything else is a source of non-determinism, or fails in the sandbox (Node modules, decorators).',
      severity: 'error',
      from: { path: '^src/workflows/' },
      to: { pathNot: ['^src/', npm('@temporalio/workflow'), npm('@temporalio/common')] },
    },
    {
      name: 'workflows-common-types-only',
      comment: '@temporalio/workflow re-exports what works in the sandbox: from common take types only.',
      severity: 'error',
      from: { path: '^src/workflows/' },
      to: { path: npm('@temporalio/common'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'supplier-siblings',
      comment: 'Each supplier adapter can be deleted without touching another.',
      severity: 'error',
      from: { path: '^src/suppliers/([^/]+)/' },
      to: { path: '^src/suppliers/[^/]+/', pathNot: '^src/suppliers/$1/' },
    },
    {
      name: 'supplier-port-is-a-leaf',
      comment: 'Whoever imports the port must not load the adapters with it.',
      severity: 'error',
      from: { path: '^src/suppliers/[^/]+[.]port[.]ts$' },
      to: { path: '^src/suppliers/[^/]+/' },
    },
    {
      name: 'activities-no-adapters',
      comment: 'createSuppliers() loads every adapter; activities are given theirs.',
      severity: 'error',
      from: { path: '^src/activities/' },
      to: { path: '^src/suppliers/(create-suppliers|index)[.]ts$' },
    },
    {
      name: 'api-reaches-no-worker-code',
      comment:
        'The API process runs no saga: neither workflow, activity nor supplier code, over however many steps.',
      severity: 'error',
      from: { path: '^src/main/api[.]ts$' },
      to: { path: '^src/(workflows|activities|suppliers)/', reachable: true },
    },
    {
      name: 'worker-reaches-no-api-code',
      comment: 'The worker process serves no GraphQL and never calls back into the API.',
      severity: 'error',
      from: { path: '^src/main/worker[.]ts$' },
      to: { path: '^src/(graphql|booking|temporal)/', reachable: true },
    },
    {
      name: 'src-imports-no-test',
      comment: 'What ships does not depend on what does not.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'no-dev-dependencies',
      comment:
        'They are not installed in production. Types are erased; the page is bundled; local may load its tools when asked to.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(web|local)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'local-dev-dependencies-dynamic',
      comment:
        'Importing local must work without development packages: load them with import() where used. (postgres-process is a program of its own: nobody imports it.)',
      severity: 'error',
      from: { path: '^src/local/', pathNot: '^src/local/postgres-process' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], dynamic: false },
    },
    {
      name: 'undeclared-package',
      comment: 'A package that package.json does not name is there by accident.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'unresolvable',
      comment:
        'What cannot be found cannot be checked by the other rules. (typed-document-node is types only: there is no module to find.)',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@graphql-typed-document-node/core$' },
    },
    {
      name: 'no-circular',
      comment:
        'Modules of a cycle can only be understood together, and the order they load in becomes an accident.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nobody imports it and it imports nothing: forgotten, or an entry point to be named here.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: ['^src/main/', '^src/workflows/index[.]ts$', '^src/client/', '^src/web/', '[.]d[.]ts$'],
      },
      to: {},
    },
  ],
  options: {
    // Sees `import type` as well: an arrow between folders is an arrow even when it is erased.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: '(^|/)node_modules/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
