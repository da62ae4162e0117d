import { pino } from 'pino';
import { installTemporalRuntime } from '../../src/main/temporal-runtime.js';

// Once a process, and before anything else of the SDK: whoever needs a worker in a test imports this.
installTemporalRuntime(pino({ level: 'silent' }));
