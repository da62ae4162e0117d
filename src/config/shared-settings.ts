import { z } from 'zod';
import { TASK_QUEUE } from '../model/names.js';
import { DATABASE_SETTINGS } from './database-config.js';
import { logLevel } from './fields.js';
import { setting } from './setting.js';

/** Settings of both the API and the worker. */
export const SHARED_SETTINGS = {
  logLevel: setting('LOG_LEVEL', logLevel, 'info'),
  taskQueue: setting('TEMPORAL_TASK_QUEUE', z.string(), TASK_QUEUE),
  database: DATABASE_SETTINGS,
};
