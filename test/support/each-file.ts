import { afterAll } from 'vitest';
import { stopPrograms } from './processes.js';

// A fork runs many test files and keeps its modules: what is to happen after each of them is said here.
afterAll(stopPrograms);
