import { z } from 'zod';
import { LEG_KINDS, type LegKind } from '../model/legs.js';
import { commonFields, milliseconds } from './fields.js';
import { InvalidConfiguration, readAll, readEnvironment } from './read-environment.js';

/** Suppliers that every worker has; any other name is a partner's. */
const OUR_OWN = ['inventory', 'sandbox'];

const supplierName = z
  .string()
  .regex(
    /^[a-z][a-z\d-]*$/,
    "must be inventory, sandbox, or a partner's name: small letters, digits and hyphens",
  )
  .default('inventory');

type SupplierSetting = `SUPPLIER_${LegKind}`;

const orderingSchema = z.object({
  NODE_ENV: commonFields.NODE_ENV,
  ...(Object.fromEntries(LEG_KINDS.map((kind) => [`SUPPLIER_${kind}`, supplierName])) as {
    [Setting in SupplierSetting]: typeof supplierName;
  }),
  /** Whether ids that ask for the sandbox (the tutorial's, and those with faults) get it; in production only if asked for. */
  SANDBOX_IDS: z.enum(['on', 'off'], { error: 'must be on or off' }).optional(),
});

const suppliersSchema = z.object({
  /** How long a partner may take to answer; less than the ten seconds of an attempt. */
  SUPPLIER_TIMEOUT_MS: milliseconds(8000, 9500),
  /** What the sandbox supplier takes where the tutorial takes a second. */
  SANDBOX_DELAY_MS: milliseconds(1000, 60_000),
});

/** What the API decides by when it accepts a trip. @throws InvalidConfiguration, for a partner without an address too */
export function orderingConfig(env: NodeJS.ProcessEnv) {
  const [given, partners] = readAll(
    () => readEnvironment(orderingSchema, env),
    () => partnersIn(env),
  );
  const known = [...OUR_OWN, ...partners.map(({ name }) => name)];
  const chosen = LEG_KINDS.map((kind) => [kind, given[`SUPPLIER_${kind}`]] as const);
  const problems = chosen
    .filter(([, name]) => !known.includes(name))
    .map(
      ([kind, name]) =>
        `SUPPLIER_${kind}: names the partner ${name}, whose address ${settingOf(name)}_URL must give`,
    );
  if (problems.length > 0) throw new InvalidConfiguration(problems);
  return {
    suppliers: Object.fromEntries(chosen) as { readonly [Kind in LegKind]: string },
    sandboxIds: (given.SANDBOX_IDS ?? (given.NODE_ENV === 'production' ? 'off' : 'on')) === 'on',
  };
}

/** What `createSuppliers` takes. @throws InvalidConfiguration */
export function suppliersConfig(env: NodeJS.ProcessEnv) {
  const [given, partners] = readAll(
    () => readEnvironment(suppliersSchema, env),
    () => partnersIn(env),
  );
  return {
    partners,
    timeoutMs: given.SUPPLIER_TIMEOUT_MS,
    sandboxDelayMs: given.SANDBOX_DELAY_MS,
  };
}

/**
 * Every partner that the environment knows: `PARTNER_ACME_URL` and `PARTNER_ACME_TOKEN` are those of `acme`, and a worker
 * makes at most `PARTNER_ACME_SLOTS` calls there at a time. One that no order names any more stays here for as long as it
 * may hold something of ours.
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
    const slots = env[`PARTNER_${word}_SLOTS`] || '20';
    if (!/^[1-9]\d{0,3}$/.test(slots)) {
      problems.push(`PARTNER_${word}_SLOTS: must be a whole number from 1 to 9999`);
    }
    return [{ name: word.toLowerCase().replaceAll('_', '-'), url, token, slots: Number(slots) }];
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
