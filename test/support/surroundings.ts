import { fileURLToPath } from 'node:url';

/** Variables that programs need. The rest of a developer's environment (a proxy, PG*, our settings) would affect the tests. */
const NEEDED = ['PATH', 'HOME', 'TMPDIR', 'XDG_CACHE_HOME', 'TEMPORAL_CLI_PATH', 'CHROMIUM_PATH'];

/** The environment of every program started here, without its settings. */
export function surroundings(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => NEEDED.includes(name));
  // Excludes the settings in Temporal's own configuration file.
  const TEMPORAL_CONFIG_FILE = fileURLToPath(new URL('no-such-file', import.meta.url));
  return { ...Object.fromEntries(kept), TEMPORAL_CONFIG_FILE };
}

/** Reduces this process's own environment to the same, and thereby that of everything it starts. */
export function keepSurroundings(): void {
  const kept = surroundings();
  for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
  Object.assign(process.env, kept);
}
