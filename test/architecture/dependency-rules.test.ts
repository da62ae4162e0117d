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

/** Runs the lint command's check on `src` in the given directory. */
async function cruiseSrc(baseDir: string): Promise<ICruiseResult> {
  const options: ICruiseOptions = {
    ...(await extractDepcruiseOptions(join(project, '.dependency-cruiser.cjs'))),
    ...(baseDir === project ? { rulesFile: '.dependency-cruiser.cjs' } : { baseDir, cache: false }),
  };
  const tsConfig: unknown = extractTSConfig(join(project, 'tsconfig.json'));
  const { output } = await cruise(['src'], options, undefined, { tsConfig });
  if (typeof output === 'string') throw new Error(output);
  return output;
}

const asLine = ({ rule, from, to }: ICruiseResult['summary']['violations'][number]) =>
  `${rule.name}: ${from} -> ${to}`;

test('our own modules comply with the rules, and the tool sees them', async () => {
  const { modules, summary } = await cruiseSrc(project);

  expect(summary.violations.map(asLine)).toEqual([]);
  // When it couldn't read TypeScript, it has been seen to report "no violations (0 modules)".
  const ours = modules.map((module) => module.source).filter((path) => /^src\/.*\.tsx?$/.test(path));
  expect(ours.length).toBeGreaterThan(15);
  for (const folder of ['model', 'saga', 'worker', 'api', 'temporal', 'database', 'main', 'dev']) {
    expect(ours, folder).toContainEqual(expect.stringMatching(`^src/${folder}/`));
  }
});

/** A file to plant. Every folder has an `a.ts` to import. */
interface Planted {
  file: string;
  code: string;
  /** The rules that must report the file; if empty, the import is allowed. */
  rules: string[];
}

const imports = (file: string, specifier: string, ...rules: string[]): Planted => ({
  file: `src/${file}`,
  code: `import '${specifier}';`,
  rules,
});

const forbidden: Planted[] = [
  imports('model/config.ts', '../config/a.js', 'model-imports'),
  imports('model/package.ts', 'zod', 'model-no-packages'),
  imports('model/builtin.ts', 'node:fs', 'model-no-packages'),
  imports('config/temporal.ts', '../temporal/a.js', 'config-imports'),
  imports('client/model.ts', '../model/a.js', 'client-imports'),
  imports('dev/model.ts', '../model/a.js', 'dev-imports'),
  imports('api/booking/main.ts', '../../main/a.js', 'api-imports'),
  imports('api/booking/saga.ts', '../../saga/a.js', 'api-imports'),
  imports('api/booking/worker.ts', '../../worker/a.js', 'api-imports'),
  imports('api/booking/supplier.ts', '../../worker/suppliers/supplier.port.js', 'api-imports'),
  imports('api/booking/temporal.ts', '../../temporal/a.js', 'types-of-adapters-only'),
  imports('api/booking/database.ts', '../../database/a.js', 'types-of-adapters-only'),
  imports('worker/database.ts', '../database/a.js', 'types-of-adapters-only'),
  imports('worker/temporal.ts', '../temporal/a.js', 'types-of-adapters-only'),
  imports('api/booking/another.ts', '../trips/a.js', 'api-features-share-types'),
  imports('api/shared/feature.ts', '../trips/a.js', 'api-features-share-types'),
  imports('partner/supplier.ts', '../worker/suppliers/supplier.port.js', 'partner-imports'),
  imports('worker/partner.ts', '../partner/a.js', 'worker-imports'),
  imports('temporal/saga.ts', '../saga/a.js', 'temporal-imports'),
  imports('temporal/api.ts', '../api/shared/a.js', 'temporal-imports'),
  imports('saga/worker.ts', '../worker/a.js', 'saga-imports'),
  imports('saga/config.ts', '../config/a.js', 'saga-imports'),
  imports('saga/package.ts', 'zod', 'saga-only-workflow-package'),
  imports('saga/builtin.ts', 'node:fs', 'saga-only-workflow-package'),
  imports('saga/common.ts', '@temporalio/common', 'saga-common-types-only'),
  imports('worker/api.ts', '../api/shared/a.js', 'worker-imports'),
  imports('worker/suppliers/sandbox/sibling.ts', '../inventory/a.js', 'supplier-siblings'),
  imports('worker/suppliers/other.port.ts', './sandbox/a.js', 'supplier-port-is-a-leaf'),
  imports('worker/adapter.ts', './suppliers/sandbox/a.js', 'worker-knows-no-adapter'),
  imports('worker/every-adapter.ts', './suppliers/create-suppliers.js', 'worker-knows-no-adapter'),
  imports('database/api.ts', '../api/shared/a.js', 'database-imports'),
  imports('money/worker.ts', '../worker/a.js', 'money-imports'),
  imports('web/model.ts', '../model/a.js', 'web-imports'),
  imports('main/dev.ts', '../dev/a.js', 'main-imports'),
  imports('payments/new.ts', '../model/a.js', 'unknown-folder'),
  imports('loose.ts', './model/a.js', 'unknown-folder'),
  imports('main/api.ts', './through.js', 'api-reaches-no-worker-code'),
  imports('main/worker.ts', '../api/shared/a.js', 'worker-reaches-no-api-code'),
  imports('api/booking/client.ts', '@temporalio/client', 'temporal-client-package', 'temporal-packages'),
  imports('worker/client.ts', '@temporalio/client', 'temporal-client-package'),
  imports('temporal/worker.ts', '@temporalio/worker', 'temporal-worker-package'),
  imports('worker/workflow.ts', '@temporalio/workflow', 'temporal-workflow-package'),
  imports('temporal/activity.ts', '@temporalio/activity', 'temporal-activity-package'),
  imports('api/booking/common.ts', '@temporalio/common', 'temporal-packages'),
  imports('main/testing.ts', '@temporalio/testing', 'no-dev-dependencies', 'temporal-testing-package'),
  imports('worker/decorated.ts', 'type-graphql', 'graphql-server-packages'),
  imports('temporal/apollo.ts', '@apollo/server', 'graphql-server-packages'),
  imports('api/booking/dev.ts', 'vitest', 'no-dev-dependencies'),
  imports('api/booking/undeclared.ts', 'left-pad', 'undeclared-package'),
  imports('api/booking/missing.ts', './nowhere.js', 'unresolvable'),
  imports('api/booking/test.ts', '../../../test/a.js', 'src-imports-no-test'),
  // A cycle is reported once, for its first file; the other file is further down.
  imports('api/booking/circle-a.ts', './circle-b.js', 'no-circular'),
  { file: 'src/api/booking/orphan.ts', code: 'export const nobody = 1;', rules: ['no-orphans'] },
  {
    file: 'src/api/booking/types.ts',
    code: "import type { a } from '../../saga/a.js';\nexport type A = typeof a;",
    rules: ['api-imports'],
  },
  {
    file: 'src/api/booking/dynamic.ts',
    code: "export const load = () => import('../../temporal/a.js');",
    rules: ['types-of-adapters-only'],
  },
];

const typesOf = (file: string, specifier: string): Planted => ({
  file: `src/${file}`,
  code: `import type { a } from '${specifier}';\nexport type A = typeof a;`,
  rules: [],
});

const allowed: Planted[] = [
  imports('api/booking/circle-b.ts', './circle-a.js'),
  imports('api/booking/allowed.ts', '../../model/a.js'),
  imports('api/booking/shared.ts', '../shared/a.js'),
  imports('api/booking/graphql-type.ts', '../trips/trip.type.js'),
  imports('api/server/allowed.ts', '../trips/a.js'),
  imports('api/booking/package.ts', 'type-graphql'),
  typesOf('api/booking/types-of-another.ts', '../trips/a.js'),
  typesOf('api/booking/types-of-temporal.ts', '../../temporal/a.js'),
  typesOf('worker/types-of-database.ts', '../database/a.js'),
  imports('partner/allowed.ts', '../model/a.js'),
  imports('main/partner.ts', '../partner/a.js'),
  imports('temporal/allowed.ts', '../model/a.js'),
  imports('temporal/package.ts', '@temporalio/client'),
  imports('saga/allowed.ts', '../model/a.js'),
  imports('saga/sdk.ts', '@temporalio/workflow'),
  typesOf('saga/types.ts', '@temporalio/common'),
  imports('worker/suppliers/sandbox/allowed.ts', '../supplier.port.js'),
  imports('worker/allowed.ts', './suppliers/supplier.port.js'),
  imports('web/allowed.ts', '../client/a.js'),
  imports('web/codes.ts', '../model/codes.js'),
  imports('web/legs.ts', '../model/legs.js'),
  imports('web/sign-in.ts', '../model/sign-in.js'),
  imports('main/through.ts', '../worker/a.js'),
  imports('dev/main.ts', '../main/a.js'),
  {
    file: 'src/dev/dynamic.ts',
    code: "export const load = () => import('@temporalio/testing');",
    rules: [],
  },
];

const targets = [
  ...['model', 'config', 'client', 'dev', 'saga', 'worker', 'partner', 'api/shared', 'api/trips'].map(
    (name) => `${name}/a.ts`,
  ),
  ...[
    'temporal/a.ts',
    'database/a.ts',
    'main/a.ts',
    'api/trips/trip.type.ts',
    'model/codes.ts',
    'model/legs.ts',
    'model/sign-in.ts',
  ],
  ...['worker/suppliers/supplier.port.ts', 'worker/suppliers/create-suppliers.ts'],
  ...['worker/suppliers/sandbox/a.ts', 'worker/suppliers/inventory/a.ts'],
];

/** Stand-ins; the project's own package.json says which of them are development packages. */
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

  test.each(allowed)('$file is allowed', ({ file }) => {
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
