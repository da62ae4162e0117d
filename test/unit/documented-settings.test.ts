import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DEV_SETTINGS } from '../../src/config/dev-config.js';
import type { Setting } from '../../src/config/settings.js';
import { partnerSettings } from '../../src/config/supplier-config.js';
import { LEG_KINDS } from '../../src/model/legs.js';
import { OUR_SETTINGS } from '../support/our-settings.js';

/** Defaults that no table has, because they depend on another setting. */
const DERIVED_DEFAULTS: Readonly<Record<string, string>> = {
  SANDBOX_IDS: 'on',
  BOOKING_ID_STYLE: 'readable',
};

const ofStart: readonly Setting[] = Object.values(DEV_SETTINGS);
const ofAnyProgram = [...OUR_SETTINGS, ...Object.values(partnerSettings('ACME'))].filter(
  (setting) => !ofStart.includes(setting),
);

/** README's row for each setting. */
const documented = documentedSettings();

test('README lists every setting, and no others', () => {
  const ours = new Set([...OUR_SETTINGS, ...ofAnyProgram].map(({ variable }) => nameInReadme(variable)));
  expect([...documented.keys()].sort()).toEqual([...ours].sort());
});

test('README lists every setting’s default', () => {
  const defaults = new Map<string, string>();
  for (const { variable, fallback } of [...ofStart, ...ofAnyProgram]) {
    const name = nameInReadme(variable);
    if (documented.has(name)) defaults.set(name, fallback ?? DERIVED_DEFAULTS[variable] ?? '');
  }
  expect(Object.fromEntries([...documented].map(([name, row]) => [name, row.fallback]))).toEqual(
    Object.fromEntries(defaults),
  );
});

test('README notes the settings for which npm start has a different default', () => {
  const others = ofStart.filter(({ variable, fallback }) =>
    ofAnyProgram.some((one) => one.variable === variable && fallback && one.fallback !== fallback),
  );
  expect(others).not.toEqual([]);
  for (const { variable, fallback } of others) {
    expect(documented.get(variable)?.what.replaceAll('`', '')).toContain(`npm start takes ${fallback}`);
  }
});

/** README lists the settings per leg kind once, under the first kind. */
function nameInReadme(variable: string): string {
  return LEG_KINDS.some((kind) => variable === `SUPPLIER_${kind}`) ? `SUPPLIER_${LEG_KINDS[0]}` : variable;
}

function documentedSettings(): Map<string, { fallback: string; what: string }> {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const table = /^\| setting .*\n\|[ -|]+\n((?:\|.*\n)+)/m.exec(readme)?.[1] ?? '';
  const rows = table
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [names = '', defaults = '', what = ''] = line.split('|').slice(1);
      const fallbacks = defaults.replaceAll('`', '').split(',');
      return [...names.matchAll(/`(\w+)`/g)].map(
        ([, name = ''], place) => [name, { fallback: fallbacks[place]?.trim() ?? '', what }] as const,
      );
    });
  return new Map(rows);
}
