/**
 * The public API of archparity: the use cases behind the commands, and the words as types.
 * @packageDocumentation
 */
export { readVersion } from './app/version.ts';
export { runCommand, type RunCommandOptions } from './app/run-command.ts';
export { testSubjects, type TestRequest } from './app/test-subjects.ts';
export * from './core/index.ts';
