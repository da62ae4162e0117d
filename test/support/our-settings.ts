import { readdirSync } from 'node:fs';
import { Setting } from '../../src/config/setting.js';

/** Variables that npm start reads but that belong to the system. */
const OF_THE_SYSTEM = ['PATH', 'XDG_CACHE_HOME'];

/** Every setting of every table that a file in src/config exports, so that no table has to be listed here. */
export const OUR_SETTINGS: readonly Setting[] = await findSettings();

const variables = new Set(OUR_SETTINGS.map(({ variable }) => variable));

/** Whether our programs read a variable. Temporal's own and the partners' are in no table. */
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
  // A zod type is an object too, but not a table.
  const isTable = value?.constructor === Object;
  return isTable ? Object.values(value).flatMap((entry) => settingsIn(entry)) : [];
}
