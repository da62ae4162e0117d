import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { surroundings } from '../support/surroundings.js';

/** The build rebuilds only what has changed. It runs here on a small project. The tests depend on each other. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OURS = ['scripts/build', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'vite.config.ts'];
const INSTALLED = 'node_modules/.package-lock.json';
const SOURCES = {
  'src/main/program.ts': "import { word } from '../model/word.js';\nconsole.log(word, 'a program');\n",
  'src/saga/index.ts':
    "import { word } from '../model/word.js';\nexport const workflow = async () => [word, 'a workflow'];\n",
  'src/model/word.ts': "export const word: string = 'a word';\n",
  'src/temporal/failure-converter.cjs': "exports.failureConverter = 'a converter';\n",
  'src/database/migrations/0000_first.sql': 'select 1;',
  'src/web/index.html': '<script type="module" src="./page.ts"></script>',
  'src/web/graphiql.html': '<p>another page</p>',
  'src/web/page.ts':
    "import { h } from 'preact';\nimport { word } from '../model/word.js';\nconsole.log(h, word, 'a page');\n",
};
/** Sources that are built first and deleted later. */
const LEFTOVERS = ['database/migrations/9999_gone.sql', 'database/gone.ts', 'web/gone.html'];

let project: string;
const at = (path: string) => join(project, path);

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'build-'));
  for (const name of [...OURS, INSTALLED]) await cp(join(ROOT, name), at(name), { recursive: true });
  for (const name of await readdir(join(ROOT, 'node_modules')))
    if (!existsSync(at(`node_modules/${name}`)))
      await symlink(join(ROOT, 'node_modules', name), at(`node_modules/${name}`));
  for (const [path, text] of Object.entries(SOURCES)) await write(path, text);
  for (const path of LEFTOVERS) await write(`src/${path}`, '');
  await edit('vite.config.ts', "path('src/web/index.html')", "$&, path('src/web/gone.html')");
  await builds();
});
afterAll(() => rm(project, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(at(path)), { recursive: true });
  await writeFile(at(path), text);
}

async function edit(path: string, from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(at(path), 'utf8');
  const edited = text.replace(from, to);
  expect(edited).not.toBe(text);
  await writeFile(at(path), edited);
}

interface Build {
  readonly child: ChildProcess;
  /** Its output so far. */
  output(): string;
  readonly ended: Promise<{ readonly status: unknown; readonly output: string }>;
}

function start(): Build {
  const child = spawn(process.execPath, ['scripts/build/build.mjs'], { cwd: project, env: surroundings() });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = once(child, 'close').then(([status]: unknown[]) => ({ status, output }));
  return { child, output: () => output, ended };
}

/** Starts a build, and waits until it compiles everything anew. */
async function startHalfway(): Promise<Build> {
  await rm(at('dist/main/program.js'));
  const build = start();
  await expect.poll(() => existsSync(at('dist/.tsbuildinfo')), { interval: 25 }).toBe(false);
  return build;
}

async function builds(): Promise<void> {
  expect(await start().ended).toEqual({ status: 0, output: '' });
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(at(folder), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** The modification time and the inode of every file in a folder of the build, or of one file. */
async function written(path = 'dist'): Promise<Record<string, string>> {
  const files = (await stat(at(path))).isDirectory() ? await filesIn(path) : [at(path)];
  const moments = files.map(async (file) => {
    const { mtimeMs, ino } = await stat(file);
    return [file, `${mtimeMs} ${ino}`] as const;
  });
  return Object.fromEntries(await Promise.all(moments));
}

/** Digests of all files of the build, except its own notes. */
async function content(): Promise<Record<string, string>> {
  const files = (await filesIn('dist')).filter((file) => !file.startsWith(at('dist/.')));
  const digests = files.map(async (file) => {
    const digest = createHash('sha256').update(await readFile(file));
    return [file, digest.digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(digests));
}

async function contains(folder: string, text: string): Promise<boolean> {
  const texts = await Promise.all((await filesIn(folder)).map((file) => readFile(file, 'utf8')));
  return texts.some((one) => one.includes(text));
}

describe('the build', () => {
  test('changes nothing if only the files’ times have changed, as after a switch of branches', async () => {
    const before = await written();
    for (const file of await filesIn('src')) await utimes(file, new Date(), new Date());
    await builds();
    expect(await written()).toEqual(before);
  });

  test('rebuilds only the programs if a program has changed', async () => {
    const [page, bundle] = [await written('dist/web'), await written('dist/workflow-bundle.js')];
    await edit('src/main/program.ts', 'a program', 'a changed program');
    await builds();
    expect(await readFile(at('dist/main/program.js'), 'utf8')).toContain('a changed program');
    expect([await written('dist/web'), await written('dist/workflow-bundle.js')]).toEqual([page, bundle]);
  });

  test('notices that a file was only renamed', async () => {
    const migration = (name: string) => `database/migrations/0000_${name}.sql`;
    await rename(at(`src/${migration('first')}`), at(`src/${migration('renamed')}`));
    await builds();
    const made = ['first', 'renamed'].map((name) => existsSync(at(`dist/${migration(name)}`)));
    expect(made).toEqual([false, true]);
  });

  test('rebuilds the bundle if workflow code has changed, even if the file is older than the build', async () => {
    const page = await written('dist/web');
    await edit('src/saga/index.ts', 'a workflow', 'a changed workflow');
    await utimes(at('src/saga/index.ts'), new Date(0), new Date(0));
    await builds();
    expect(await readFile(at('dist/workflow-bundle.js'), 'utf8')).toContain('a changed workflow');
    expect(await written('dist/web')).toEqual(page);
  });

  test('rebuilds the bundle for a payload codec if the failure converter has changed', async () => {
    await edit('src/temporal/failure-converter.cjs', 'a converter', 'a changed converter');
    await builds();
    const [plain, encoding] = ['dist/workflow-bundle.js', 'dist/workflow-bundle-encoding.js'];
    expect(await readFile(at(encoding), 'utf8')).toContain('a changed converter');
    expect(await readFile(at(plain), 'utf8')).not.toContain('a changed converter');
  });

  test('rebuilds everything that contains a changed model', async () => {
    await edit('src/model/word.ts', 'a word', 'a changed word');
    await builds();
    expect(await readFile(at('dist/workflow-bundle.js'), 'utf8')).toContain('a changed word');
    expect(await contains('dist/web/assets', 'a changed word')).toBe(true);
  });

  test('rebuilds the page if it has changed, and removes its old files', async () => {
    const before = Object.keys(await written('dist/web/assets'));
    const programs = await written('dist/main');
    await edit('src/web/page.ts', 'a page', 'a changed page');
    await builds();
    expect(await contains('dist/web/assets', 'a changed page')).toBe(true);
    expect(await filesIn('dist/web/assets')).toHaveLength(before.length);
    expect(await written('dist/main')).toEqual(programs);
  });

  test('rebuilds the page if a file has changed during the previous build', async () => {
    const page = `import { h } from 'preact'; console.log(h, 'a page of meanwhile');`;
    await edit(
      'vite.config.ts',
      'export default defineConfig({',
      `import { writeFileSync } from 'node:fs';
      const edit = () => writeFileSync(path('src/web/page.ts'), ${JSON.stringify(page)});
      $&plugins: [{ name: 'edit', closeBundle: edit }],`,
    );
    await builds();
    expect(await contains('dist/web/assets', 'a page of meanwhile')).toBe(false);
    await builds();
    expect(await contains('dist/web/assets', 'a page of meanwhile')).toBe(true);
  });

  test('rebuilds everything if another version of a package was installed', async () => {
    const notes = async () =>
      Promise.all(['compile', 'page', 'bundle'].map((step) => readFile(at(`dist/.${step}`), 'utf8')));
    const before = await notes();
    await rm(at('node_modules/preact'));
    await cp(join(ROOT, 'node_modules/preact'), at('node_modules/preact'), { recursive: true });
    const entry = 'node_modules/preact/dist/preact.mjs';
    await writeFile(at(entry), `${await readFile(at(entry), 'utf8')}\nconsole.log("changed package");\n`);
    await edit(INSTALLED, /("node_modules\/preact": \{\s+"version": ")[^"]+/, '$1999.0.0');
    await builds();
    expect(await contains('dist/web/assets', 'changed package')).toBe(true);
    for (const [index, note] of (await notes()).entries()) expect(note).not.toBe(before[index]);
  });

  test('removes the output of deleted sources', async () => {
    const made = LEFTOVERS.map((file) => `dist/${file.replace('.ts', '.js')}`);
    expect(made.filter((file) => !existsSync(at(file)))).toEqual([]);
    for (const file of LEFTOVERS) await rm(at(`src/${file}`));
    await edit('vite.config.ts', ", path('src/web/gone.html')", '');
    await builds();
    expect(made.filter((file) => existsSync(at(file)))).toEqual([]);
  });
});

test('a failing build says why, and leaves the previous build intact', async () => {
  const before = await content();
  await edit('src/main/program.ts', /$/, '\nexport const wrong: number = "no number";\n');
  const { status, output } = await start().ended;
  expect(status).toBe(1);
  expect(output).toMatch(
    /^src\/main\/program\.ts\(\d+,14\): error TS2322: .+\nThe build failed: the code does not compile\.\n$/,
  );
  expect(await content()).toEqual(before);
  await edit('src/main/program.ts', /\nexport const wrong.*\n/, '');
});

test('deleted, truncated or changed output is restored, even after a build was killed', async () => {
  const before = await content();
  await rm(at('dist/web/index.html'));
  await truncate(at('dist/workflow-bundle.js'), 1000);
  await writeFile(at('dist/model/word.js'), '');
  const { child, ended } = await startHalfway();
  child.kill('SIGKILL');
  await ended;
  await builds();
  expect(await content()).toEqual(before);
});

test('concurrent builds take turns: changes made meanwhile are built, and then nothing is left to do', async () => {
  const first = await startHalfway();
  first.child.kill('SIGSTOP');
  await edit('src/main/program.ts', 'a changed program', 'the latest program');
  const second = start();
  const waiting = 'Another build of this folder is running. Waiting for it to finish.\n';
  await expect.poll(second.output).toBe(waiting);
  first.child.kill('SIGCONT');
  expect(await first.ended).toEqual({ status: 0, output: '' });
  expect(await second.ended).toEqual({ status: 0, output: waiting });
  expect(await readFile(at('dist/main/program.js'), 'utf8')).toContain('the latest program');
  const before = await written();
  await builds();
  expect(await written()).toEqual(before);
});
