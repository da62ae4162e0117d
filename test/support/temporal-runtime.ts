import { pino } from 'pino';
import { installTemporalRuntime } from '../../src/main/temporal-runtime.js';

// Must run once per process, before anything else of the SDK. Tests that need a worker import this file.
installTemporalRuntime(pino({ level: 'silent' }));
