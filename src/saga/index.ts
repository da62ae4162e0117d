import './stack-traces.js';

/** The workflow bundle's only entry point: every export is a workflow type that workers serve. */
export { bookVacation } from './book-vacation.workflow.js';
