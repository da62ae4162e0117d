import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import type { ICruiseOptions, ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const project = fileURLToPath(new URL('../../', import.meta.url));

/** What the lint command does, for the `src` in the given directory. */
async function cruiseSrc(baseDir: string): Promise<ICruiseResult> {
  const options: ICruiseOptions = {
    ...(await extractDepcruiseOptions(join(project, '.dependency-cruiser.cjs'))),
    baseDir,
  };
  const tsConfig: unknown = extractTSConfig(join(project, 'tsconfig.json'));
  const { output } = await cruise(['src'], options, undefined, { tsConfig });
  if (typeof output === 'string') throw new Error(output);
  return output;
}

const asLine = ({ rule, from, to }: ICruiseResult['summary']['violations'][number]) =>
  `${rule.name}: ${from} -> ${to}`;

test('our own modules keep the rules, and the tool sees them', async () => {
  const { modules, summary } = await cruiseSrc(project);

  expect(summary.violations.map(asLine)).toEqual([]);
  // It has been known to print "no violations (0 modules)" when it could not read TypeScript.
  const ours = modules.map((module) => module.source).filter((path) => /^src\/.*\.tsx?$/.test(path));
  expect(ours.length).toBeGreaterThan(15);
  for (const folder of ['contract', 'booking', 'graphql', 'temporal', 'workflows', 'activities', 'main']) {
    expect(ours, folder).toContainEqual(expect.stringMatching(`^src/${folder}/`));
  }
});

/** Every folder has an `a.ts` to import; these are the files with something to say about it. */
interface Planted {
  file: string;
  code: string;
  /** The rules that must report the file: none means the import is allowed. */
  rules: string[];
}

const imports = (file: string, specifier: string, ...rules: string[]): Planted => ({
  file: `src/${file}`,
  code: `import '${specifier}';`,
  rules,
});

const forbidden: Planted[] = [
  imports('contract/config.ts', '../config/a.js', 'contract-imports'),
  imports('contract/package.ts', 'zod', 'contract-no-packages'),
  imports('contract/builtin.ts', 'node:fs', 'contract-no-packages'),
  imports('config/contract.ts', '../contract/a.js', 'config-imports'),
  imports('client/contract.ts', '../contract/a.js', 'client-imports'),
  imports('local/config.ts', '../config/a.js', 'local-imports'),
  imports('booking/graphql.ts', '../graphql/a.js', 'booking-imports'),
  imports('booking/temporal.ts', '../temporal/a.js', 'booking-imports'),
  imports('booking/database.ts', '../database/journal.js', 'booking-imports'),
  imports('booking/local.ts', '../local/a.js', 'booking-imports'),
  imports('graphql/workflows.ts', '../workflows/a.js', 'graphql-imports'),
  imports('graphql/activities.ts', '../activities/a.js', 'graphql-imports'),
  imports('graphql/suppliers.ts', '../suppliers/supplier.port.js', 'graphql-imports'),
  imports('graphql/temporal.ts', '../temporal/a.js', 'graphql-imports'),
  imports('graphql/main.ts', '../main/a.js', 'graphql-imports'),
  imports('temporal/workflows.ts', '../workflows/a.js', 'temporal-imports'),
  imports('temporal/graphql.ts', '../graphql/a.js', 'temporal-imports'),
  imports('workflows/activities.ts', '../activities/a.js', 'workflows-imports'),
  imports('workflows/config.ts', '../config/a.js', 'workflows-imports'),
  imports('workflows/package.ts', 'zod', 'workflows-only-workflow-package'),
  imports('workflows/builtin.ts', 'node:fs', 'workflows-only-workflow-package'),
  imports('workflows/common.ts', '@temporalio/common', 'workflows-common-types-only'),
  imports('suppliers/booking.ts', '../booking/a.js', 'suppliers-imports'),
  imports('suppliers/sandbox/sibling.ts', '../inventory/a.js', 'supplier-siblings'),
  imports('suppliers/other.port.ts', './sandbox/a.js', 'supplier-port-is-a-leaf'),
  imports('activities/booking.ts', '../booking/a.js', 'activities-imports'),
  imports('activities/adapter.ts', '../suppliers/sandbox/a.js', 'activities-imports'),
  imports('activities/every-adapter.ts', '../suppliers/create-suppliers.js', 'activities-no-adapters'),
  imports('activities/tables.ts', '../database/a.js', 'activities-imports'),
  imports('database/booking.ts', '../booking/a.js', 'database-imports'),
  imports('web/contract.ts', '../contract/a.js', 'web-imports'),
  imports('payments/new.ts', '../contract/a.js', 'unknown-folder'),
  imports('loose.ts', './contract/a.js', 'unknown-folder'),
  imports('main/api.ts', './through.js', 'api-reaches-no-worker-code'),
  imports('main/worker.ts', '../graphql/a.js', 'worker-reaches-no-api-code'),
  imports('graphql/client.ts', '@temporalio/client', 'temporal-client-package', 'temporal-packages'),
  imports('activities/client.ts', '@temporalio/client', 'temporal-client-package'),
  imports('temporal/worker.ts', '@temporalio/worker', 'temporal-worker-package'),
  imports('activities/workflow.ts', '@temporalio/workflow', 'temporal-workflow-package'),
  imports('temporal/activity.ts', '@temporalio/activity', 'temporal-activity-package'),
  imports('booking/common.ts', '@temporalio/common', 'temporal-packages'),
  imports('main/testing.ts', '@temporalio/testing', 'no-dev-dependencies', 'temporal-testing-package'),
  imports('local/testing.ts', '@temporalio/testing', 'local-dev-dependencies-dynamic'),
  imports('booking/decorated.ts', 'type-graphql', 'graphql-server-packages'),
  imports('temporal/apollo.ts', '@apollo/server', 'graphql-server-packages'),
  imports('booking/dev.ts', 'vitest', 'no-dev-dependencies'),
  imports('booking/undeclared.ts', 'left-pad', 'undeclared-package'),
  imports('booking/missing.ts', './nowhere.js', 'unresolvable'),
  imports('booking/test.ts', '../../test/a.js', 'src-imports-no-test'),
  // Reported once, for the first file of the circle; the other half is further down.
  imports('booking/circle-a.ts', './circle-b.js', 'no-circular'),
  { file: 'src/booking/orphan.ts', code: 'export const nobody = 1;', rules: ['no-orphans'] },
  {
    file: 'src/graphql/types.ts',
    code: "import type { a } from '../workflows/a.js';\nexport type A = typeof a;",
    rules: ['graphql-imports'],
  },
  {
    file: 'src/booking/dynamic.ts',
    code: "export const load = () => import('../temporal/a.js');",
    rules: ['booking-imports'],
  },
];

const allowed: Planted[] = [
  imports('booking/circle-b.ts', './circle-a.js'),
  imports('booking/allowed.ts', '../contract/a.js'),
  imports('graphql/allowed.ts', '../booking/a.js'),
  imports('graphql/package.ts', 'type-graphql'),
  imports('temporal/allowed.ts', '../booking/a.js'),
  imports('temporal/package.ts', '@temporalio/client'),
  imports('workflows/allowed.ts', '../contract/a.js'),
  imports('workflows/sdk.ts', '@temporalio/workflow'),
  imports('suppliers/sandbox/allowed.ts', '../supplier.port.js'),
  imports('activities/allowed.ts', '../suppliers/supplier.port.js'),
  imports('activities/journal.ts', '../database/journal.js'),
  imports('web/allowed.ts', '../client/a.js'),
  imports('main/through.ts', '../activities/a.js'),
  imports('main/local.ts', '../local/a.js'),
  {
    file: 'src/local/dynamic.ts',
    code: "export const load = () => import('@temporalio/testing');",
    rules: [],
  },
  {
    file: 'src/workflows/types.ts',
    code: "import type { a } from '@temporalio/common';\nexport type A = typeof a;",
    rules: [],
  },
];

const targets = [
  ...['contract', 'config', 'client', 'local', 'booking', 'graphql', 'temporal'].map(
    (name) => `${name}/a.ts`,
  ),
  ...['workflows/a.ts', 'activities/a.ts', 'database/a.ts', 'database/journal.ts', 'main/a.ts'],
  ...['suppliers/supplier.port.ts', 'suppliers/create-suppliers.ts'],
  ...['suppliers/sandbox/a.ts', 'suppliers/inventory/a.ts'],
];

/** Stand-ins: which of them are development packages comes from the project's own package.json. */
const packages = [
  ...['client', 'worker', 'workflow', 'activity', 'common', 'testing'].map((name) => `@temporalio/${name}`),
  ...['type-graphql', '@apollo/server', 'zod', 'vitest', 'left-pad'],
];

describe('planted in a copy', () => {
  let directory: string;
  const reported = new Map<string, string[]>();

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tripsaga-architecture-'));
    const files: [path: string, content: string][] = [
      ...targets.map((path): [string, string] => [`src/${path}`, 'export const a = 1;']),
      ['test/a.ts', 'export const a = 1;'],
      ...packages.flatMap((name): [string, string][] => [
        [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' })],
        [`node_modules/${name}/index.js`, 'exports.a = 1;'],
      ]),
      ...[...forbidden, ...allowed].map(({ file, code }): [string, string] => [file, code]),
    ];
    for (const [path, content] of files) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), `${content}\n`);
    }
    await copyFile(join(project, 'package.json'), join(directory, 'package.json'));

    for (const { rule, from } of (await cruiseSrc(directory)).summary.violations) {
      reported.set(from, [...new Set([...(reported.get(from) ?? []), rule.name])].sort());
    }
  });

  afterAll(() => rm(directory, { recursive: true, force: true }));

  test.each(forbidden.map((planted) => ({ ...planted, by: planted.rules.join(', ') })))(
    '$file is reported by $by',
    ({ file, rules }) => {
      expect(reported.get(file)).toEqual(rules);
    },
  );

  test.each(allowed)('$file is fine', ({ file }) => {
    expect(reported.get(file)).toBeUndefined();
  });

  test('a violation of every rule is planted', async () => {
    const { ruleSet } = await extractDepcruiseOptions(join(project, '.dependency-cruiser.cjs'));
    const planted = new Set(forbidden.flatMap(({ rules }) => rules));
    expect(ruleSet?.forbidden?.map(({ name }) => name).filter((name) => !planted.has(name ?? ''))).toEqual(
      [],
    );
  });
});
