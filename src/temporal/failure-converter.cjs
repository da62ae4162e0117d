'use strict';

// eslint-disable-next-line @typescript-eslint/no-require-imports -- see below
const { DefaultFailureConverter } = require('@temporalio/common');

/**
 * Moves the message and the stack trace of a failure into a payload, where the codec encrypts them. CommonJS and plain
 * JavaScript because the SDK loads it with `require`, in every process, and bundles it with the workflow code.
 */
exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
