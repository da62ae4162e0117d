import { readdirSync } from 'node:fs';
import { Setting } from '../../src/config/setting.js';

/** Variables that npm start reads and that are not ours: every program on a machine has them. */
const OF_THE_SYSTEM = ['PATH', 'XDG_CACHE_HOME'];

/** Every setting of every table that a file of src/config exports: so no table has to be named here. */
export const OUR_SETTINGS: readonly Setting[] = await findSettings();

const variables = new Set(OUR_SETTINGS.map(({ variable }) => variable));

/** Whether a variable means something to our programs. Temporal's own and a partner's are in no table. */
export const isOurs = (variable: string) => variables.has(variable) || /^(TEMPORAL|PARTNER)_/.test(variable);

async function findSettings(): Promise<Setting[]> {
  const folder = new URL('../../src/config/', import.meta.url);
  const modules = await Promise.all(
    readdirSync(folder).map(async (file) => (await import(new URL(file, folder).href)) as object),
  );
  const found = modules.flatMap((module) => Object.values(module).flatMap((value) => settingsIn(value)));
  return [...new Set(found)].filter(({ variable }) => !OF_THE_SYSTEM.includes(variable));
}

function settingsIn(value: unknown): Setting[] {
  if (value instanceof Setting) return [value as Setting];
  // A zod type is an object too, but no table.
  const isTable = value?.constructor === Object;
  return isTable ? Object.values(value).flatMap((entry) => settingsIn(entry)) : [];
}
