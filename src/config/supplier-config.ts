import { z } from 'zod';
import { LEG_KINDS, type LegKind } from '../model/legs.js';
import { OUR_OWN } from '../model/suppliers.js';
import {
  InvalidConfiguration,
  milliseconds,
  plainUrl,
  readAll,
  readSettings,
  setting,
  type Setting,
  wholeNumber,
} from './settings.js';

const supplierName = z
  .string()
  .regex(
    /^[a-z][a-z\d-]*$/,
    "must be inventory, sandbox, or a partner's name: lowercase letters, digits and hyphens",
  );

const supplierSetting = (kind: LegKind) => setting(`SUPPLIER_${kind}`, supplierName, 'inventory');

/** Settings of the API: the supplier that new orders name for each kind of leg. */
export const ORDER_SETTINGS = Object.fromEntries(
  LEG_KINDS.map((kind) => [kind, supplierSetting(kind)]),
) as Readonly<Record<LegKind, Setting<typeof supplierName>>>;

/** Settings of the worker. */
export const SUPPLIER_SETTINGS = {
  /** How long a partner may take to answer; less than the ten seconds of an attempt. */
  timeoutMs: setting('SUPPLIER_TIMEOUT_MS', milliseconds(9500), '8000'),
  /** How long the sandbox takes where the tutorial takes a second. */
  sandboxDelayMs: setting('SANDBOX_DELAY_MS', milliseconds(60_000), '1000'),
};

/** The suppliers that the API names in an order. @throws InvalidConfiguration, also for a partner without an address */
export function suppliersOfOrders(env: NodeJS.ProcessEnv) {
  const [chosen, partners] = readAll(
    () => readSettings(ORDER_SETTINGS, env),
    () => partnersIn(env),
  );
  const known = [...OUR_OWN, ...partners.map(({ name }) => name)];
  const problems = LEG_KINDS.filter((kind) => !known.includes(chosen[kind])).map((kind) => {
    const name = chosen[kind];
    return `${ORDER_SETTINGS[kind].variable}: names the partner ${name}, so ${partnerSettings(wordOf(name)).url.variable} must be set to its address`;
  });
  if (problems.length > 0) throw new InvalidConfiguration(problems);
  return chosen;
}

/** The configuration of `createSuppliers`. @throws InvalidConfiguration */
export function suppliersConfig(env: NodeJS.ProcessEnv) {
  const [given, partners] = readAll(
    () => readSettings(SUPPLIER_SETTINGS, env),
    () => partnersIn(env),
  );
  return { ...given, partners };
}

export const partnerToken = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'must consist of visible ASCII characters without spaces');

/** Settings of the API and the worker for each partner. @param word its name in settings, such as `FLY_BY_NIGHT` */
export const partnerSettings = (word: string) => ({
  url: setting(`PARTNER_${word}_URL`, plainUrl),
  /** Its bearer token. */
  token: setting(`PARTNER_${word}_TOKEN`, partnerToken.optional()),
  /** Calls that a worker makes to it at a time. */
  slots: setting(`PARTNER_${word}_SLOTS`, wholeNumber(1, 1000), '20'),
});

/** Every partner with an address. One that no new order names stays configured for as long as it may hold reservations. */
function partnersIn(env: NodeJS.ProcessEnv) {
  const words = Object.entries(env).flatMap(([variable, url]) => {
    const [, word] = /^PARTNER_([A-Z][A-Z\d_]*)_URL$/.exec(variable) ?? [];
    return word && url ? [word] : [];
  });
  const settings = readAll(...words.map((word) => () => readSettings(partnerSettings(word), env)));
  return settings.map((given, index) => ({
    name: words[index]!.toLowerCase().replaceAll('_', '-'),
    ...given,
  }));
}

const wordOf = (partner: string) => partner.toUpperCase().replaceAll('-', '_');
