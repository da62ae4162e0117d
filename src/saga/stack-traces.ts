/**
 * The SDK takes a stack trace of every promise of a workflow. With V8's usual ten frames that is a third of what a worker's
 * workflow thread does; five still show where an error was thrown. Set while the sandbox loads its modules, because afterwards its
 * globals are frozen.
 */
Error.stackTraceLimit = 5;

export {};
