/** What changes and tries the handlers of a host; loaded when they are administered. */
export { verifyWitness } from './ask-witness.ts';
export { registerEntry, requireUsableTable, switchEntry, unregisterEntry } from './change-table.ts';
export { findHostQemus, prepareHostEmulator, type HostEmulator } from './host-emulator.ts';
export { openHandlerTrials, type HandlerTrial, type HandlerTrials } from './try-handlers.ts';
