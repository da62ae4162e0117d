// Builds what has changed into dist: the compiled programs, the page, and the workflow bundle. `build.mjs page`: only the page.
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { BUNDLES, bundleWorkflows, FAILURE_CONVERTER } from './bundle.mjs';
import { compile, compiledFiles } from './compile.mjs';
import { filesUnder } from './files.mjs';
import { buildPage } from './page.mjs';
import { takeStep } from './step.mjs';
import { takeTurn } from './turn.mjs';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
// Otherwise Vite would build a different page for a developer who has set it.
process.env.NODE_ENV = 'production';

/** Inputs of every step. npm's .package-lock.json lists what is installed, package-lock.json only what should be. */
const ALWAYS = ['scripts/build', 'package.json', 'node_modules/.package-lock.json', 'tsconfig.json'];
const PAGE_SOURCES = ['src/web', 'src/client', 'src/model'];

const page = () =>
  takeStep('page', {
    from: () => filesUnder('vite.config.ts', ...PAGE_SOURCES, ...ALWAYS),
    into: () => filesUnder('dist/web'),
    run: buildPage,
  });

async function programs() {
  await takeStep('compile', {
    from: async () => [
      ...(await filesUnder('tsconfig.build.json', ...ALWAYS)),
      ...(await filesUnder('src')).filter((file) => !file.startsWith('src/web/')),
    ],
    into: compiledFiles,
    run: compile,
  });
  await takeStep('bundle', {
    from: () => filesUnder('dist/saga', 'dist/model', FAILURE_CONVERTER, ...ALWAYS),
    into: () => filesUnder(...BUNDLES),
    run: bundleWorkflows,
  });
}

const leaveTurn = await takeTurn();
try {
  const parts = process.argv[2] === 'page' ? [page] : [programs, page];
  // Every part finishes, even if another fails, so that none still runs during the next build.
  for (const { reason } of await Promise.allSettled(parts.map((build) => build()))) if (reason) fail(reason);
} finally {
  leaveTurn();
}

function fail(reason) {
  console.error(reason.message);
  process.exitCode = 1;
}
