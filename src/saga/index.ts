/** The workflow bundle's only entry: every export is a workflow type that workers offer. */
export { bookVacation } from './book-vacation.workflow.js';
