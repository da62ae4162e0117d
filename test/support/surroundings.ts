import { fileURLToPath } from 'node:url';

/** What programs need of a machine. The rest of a developer's environment (a proxy, PG*, settings of ours) would change what is tried. */
const NEEDED = ['PATH', 'HOME', 'TMPDIR', 'XDG_CACHE_HOME', 'TEMPORAL_CLI_PATH', 'CHROMIUM_PATH'];

/** The environment of whatever is started here, but for the settings it is given. */
export function surroundings(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => NEEDED.includes(name));
  // Nor the settings in Temporal's own configuration file.
  const TEMPORAL_CONFIG_FILE = fileURLToPath(new URL('no-such-file', import.meta.url));
  return { ...Object.fromEntries(kept), TEMPORAL_CONFIG_FILE };
}

/** From now on this process has no other environment either, nor has anything that it starts. */
export function keepSurroundings(): void {
  const kept = surroundings();
  for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
  Object.assign(process.env, kept);
}
