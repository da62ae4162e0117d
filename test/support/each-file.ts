import { afterAll } from 'vitest';
import { stopPrograms } from './processes.js';

// A fork runs many test files and keeps its modules, so what has to happen after each file is registered here.
afterAll(stopPrograms);
