import { DEV_SETTINGS } from '../../src/config/dev-config.js';
import { readSettings } from '../../src/config/settings.js';
import { findTemporalProgram } from '../../src/dev/temporal-program.js';

/** The path of the `temporal` program, found as `npm start` finds it. */
export async function findTemporal(say: (line: string) => void): Promise<string> {
  const { temporalCliPath: cliPath, searchPath, cacheDir } = DEV_SETTINGS;
  const search = readSettings({ cliPath, searchPath, cacheDir }, process.env);
  return findTemporalProgram({ ...search, say });
}
