import { drizzle } from 'drizzle-orm/node-postgres';
import { sql } from 'drizzle-orm';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { contains, folded } from '../../src/database/filters.js';

// With libc's locale C, a database handles the case of English letters only.
describe.each(["locale_provider libc locale 'C'", "locale_provider icu icu_locale 'tr-TR' locale 'C'"])(
  'in a database with %s',
  (locale) => {
    const name = `folded_${locale.replaceAll(/\W/g, '').toLowerCase()}`;
    let admin: Pool;
    let pool: Pool;
    beforeAll(async () => {
      admin = new Pool({ connectionString: inject('postgresUrl') });
      await admin.query(`create database ${name} template template0 encoding 'UTF8' ${locale}`);
      const url = new URL(inject('postgresUrl'));
      url.pathname = name;
      pool = new Pool({ connectionString: url.href });
    });
    afterAll(async () => {
      await pool.end();
      await admin.query(`drop database ${name}`);
      await admin.end();
    });

    test.each([
      ['José Pérez', 'JOSÉ', true],
      ['José Pérez', 'jose\u0301', true],
      ['Jose\u0301 Pérez', 'josé p', true],
      ['José', 'Jose', false],
      ['Zoë Müller', 'MÜLL', true],
      ['Ødegård', 'ødegå', true],
      ['Ödön Straße', 'STRASSE', true],
      ['Οδυσσέας', 'ΟΔΥΣΣΈΑΣ', true],
      ['ДАРЬЯ', 'дарья', true],
      ['İstanbul', 'istanbul', true],
      ['ISTANBUL', 'ıstanbul', true],
      ['ＪＯＳＥ', 'jose', true],
      ['علی‌رضا', 'علی‌رضا', true],
      ['王小明', '小', true],
      ['100 Müller', '0%', false],
      ['a_b', 'A_B', true],
      ['a+b', 'a_b', false],
      ['100% Müller', '0％ m', true],
      ['100 Müller', '％', false],
      ['Yahoo!', 'oo!', true],
      ['Yahoo', '!', false],
      ['a\\b', 'a\\b', true],
      ['a\\b', 'a\\\\b', false],
    ])('%s contains %s: %s', async (text, part, expected) => {
      const { rows } = await drizzle(pool).execute<{ found: boolean }>(
        sql`select ${contains(folded(sql`${text}::text`), part)} as found`,
      );
      expect(rows[0]?.found).toBe(expected);
    });
  },
);
