import { z } from 'zod';
import { LEG_KINDS, type LegKind } from '../model/legs.js';
import { milliseconds } from './fields.js';
import { InvalidConfiguration, readAll, readSettings } from './read-environment.js';
import { setting, type Setting } from './setting.js';

/** Suppliers that every worker has; any other name is a partner's. */
const OUR_OWN = ['inventory', 'sandbox'];

const supplierName = z
  .string()
  .regex(
    /^[a-z][a-z\d-]*$/,
    "must be inventory, sandbox, or a partner's name: small letters, digits and hyphens",
  );

const supplierSetting = (kind: LegKind) => setting(`SUPPLIER_${kind}`, supplierName, 'inventory');

/** Of the API: whom new orders name, for each kind of leg. */
export const ORDER_SETTINGS = Object.fromEntries(
  LEG_KINDS.map((kind) => [kind, supplierSetting(kind)]),
) as Readonly<Record<LegKind, Setting<typeof supplierName>>>;

/** Of the worker. */
export const SUPPLIER_SETTINGS = {
  /** How long a partner may take to answer; less than the ten seconds of an attempt. */
  timeoutMs: setting('SUPPLIER_TIMEOUT_MS', milliseconds(9500), '8000'),
  /** What the sandbox supplier takes where the tutorial takes a second. */
  sandboxDelayMs: setting('SANDBOX_DELAY_MS', milliseconds(60_000), '1000'),
};

/** What the API names in an order. @throws InvalidConfiguration, for a partner without an address too */
export function suppliersOfOrders(env: NodeJS.ProcessEnv) {
  const [chosen, partners] = readAll(
    () => readSettings(ORDER_SETTINGS, env),
    () => partnersIn(env),
  );
  const known = [...OUR_OWN, ...partners.map(({ name }) => name)];
  const problems = LEG_KINDS.filter((kind) => !known.includes(chosen[kind])).map((kind) => {
    const name = chosen[kind];
    return `${ORDER_SETTINGS[kind].variable}: names the partner ${name}, whose address ${settingOf(name)}_URL must give`;
  });
  if (problems.length > 0) throw new InvalidConfiguration(problems);
  return chosen;
}

/** What `createSuppliers` takes. @throws InvalidConfiguration */
export function suppliersConfig(env: NodeJS.ProcessEnv) {
  const [given, partners] = readAll(
    () => readSettings(SUPPLIER_SETTINGS, env),
    () => partnersIn(env),
  );
  return { ...given, partners };
}

/**
 * Every partner that the environment knows: `PARTNER_ACME_URL` and `PARTNER_ACME_TOKEN` are those of `acme`. One that no
 * order names any more stays here for as long as it may hold something of ours.
 */
function partnersIn(env: NodeJS.ProcessEnv) {
  const problems: string[] = [];
  const partners = Object.entries(env).flatMap(([setting, url]) => {
    const [, word] = /^PARTNER_([A-Z][A-Z\d_]*)_URL$/.exec(setting) ?? [];
    if (!word || !url) return [];
    const token = env[`PARTNER_${word}_TOKEN`] || undefined;
    if (!isPlainUrl(url)) {
      problems.push(`${setting}: must be an http(s) address, without credentials, query or fragment`);
    }
    if (token && !/^[\x21-\x7e]+$/.test(token)) {
      problems.push(`PARTNER_${word}_TOKEN: must be of visible ASCII characters, without spaces`);
    }
    return [{ name: word.toLowerCase().replaceAll('_', '-'), url, token }];
  });
  if (problems.length > 0) throw new InvalidConfiguration(problems);
  return partners;
}

const settingOf = (partner: string) => `PARTNER_${partner.toUpperCase().replaceAll('-', '_')}`;

function isPlainUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return /^https?:$/.test(protocol) && !username && !password && !search && !hash;
}
