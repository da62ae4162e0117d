import { execFile } from 'node:child_process';

const VERSION_TIMEOUT_MS = 20_000;

/**
 * Runs a program to its end and returns what it wrote to its standard output.
 *
 * @param timeoutMs milliseconds after which the program is killed
 * @throws {Error} whose message is one line: why it could not be run, or the line of its error output that says most
 */
export function runProgram(program: string, args: readonly string[], timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { timeout: timeoutMs, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        process.off('exit', kill);
        if (!error) resolve(stdout);
        else if (error.killed) reject(new Error(`no end after ${String(timeoutMs / 1000)} s`));
        // A string for a code means that the program was never started (ENOENT, EACCES).
        else if (typeof error.code === 'string') reject(new Error(firstLine(error.message)));
        else reject(new Error(tellingLine(stderr) ?? `it ended with ${String(error.signal ?? error.code)}`));
      },
    );
    // Asked to stop in the middle of an install, we leave nothing behind that goes on with it.
    const kill = () => child.kill('SIGKILL');
    process.on('exit', kill);
  });
}

/**
 * Checks that a program is the Temporal CLI and runs on this machine.
 *
 * @throws {Error} with a one-line reason if it isn't or doesn't
 */
export async function checkTemporalProgram(path: string): Promise<void> {
  const answer = await runProgram(path, ['--version'], VERSION_TIMEOUT_MS);
  if (!/^temporal version /m.test(answer))
    throw new Error('it does not answer --version as the Temporal CLI does');
}

/** Tells whether {@link checkTemporalProgram} passes, for programs whose absence is no failure. */
export async function isTemporalProgram(path: string): Promise<boolean> {
  return checkTemporalProgram(path).then(
    () => true,
    () => false,
  );
}

/** The last line that speaks of an error, since programs like pip end with advice; else the last line. */
function tellingLine(stderr: string): string | undefined {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.findLast((line) => /error|failed/i.test(line)) ?? lines.at(-1);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
