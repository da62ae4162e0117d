import { expect, inject, test } from 'vitest';
import { npmRun } from '../support/processes.js';

test('npm run api logs its public address and where it listens', async () => {
  const api = npmRun('api', {
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    DATABASE_URL: inject('databaseUrl'),
    PORT: '0',
    PUBLIC_URL: 'https://Trips.example/shop/',
  });
  const [, url = ''] = await api.says(
    /API ready at https:\/\/trips\.example\/shop\/graphql, listening at (http:[^"]+)"/,
  );
  expect((await fetch(url, { headers: { accept: 'text/html' } })).status).toBe(200);
  await api.stop();
});
