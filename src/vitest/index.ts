/**
 * Parity tests in Vitest: each test runs on every lane, and what it saw on one is compared with another.
 * @packageDocumentation
 */
import { basename } from 'node:path';
import { expect, inject, test as base, type TestContext, type TestOptions } from 'vitest';
import { laneIdOf } from '../app/lane-id.ts';
import {
  DEFAULT_PARITY_LANES,
  ParitySession,
  type CaseDocument,
  type ParityCommand,
  type ParityOptions,
} from '../app/parity-session.ts';
import { laneMatchers } from './lane-matchers.ts';
import { createParityLane, type LaneObservation, type ParityLane } from './parity-lane.ts';
import { tellError } from './tell-error.ts';

export type { CaseDocument, LaneObservation, ParityCommand, ParityLane, ParityOptions };

/** What a parity test is given: the lane beside what Vitest gives every test. */
export interface ParityContext extends Pick<
  TestContext,
  'annotate' | 'expect' | 'onTestFailed' | 'onTestFinished' | 'signal' | 'skip' | 'task'
> {
  readonly lane: ParityLane;
}

/** The body of a parity test, run once for each lane. */
export type ParityTest = (context: ParityContext) => unknown;

/** Registers one test for each lane: `NAME [LANE]`. */
export interface Parity {
  (name: string, test: ParityTest): void;
  (name: string, options: TestOptions, test: ParityTest): void;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** What {@link parity} tests, from `test.provide` of the Vitest configuration. */
    archparity: ParityOptions;
  }
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** Whether what `lane.run()` gave is what another lane gave for the same command. */
    toMatchLane: T extends LaneObservation ? (lane: string) => R : never;
    /** Compares with a snapshot file that all lanes of the test share; to be awaited. */
    toMatchSharedSnapshot: T extends LaneObservation ? () => Promise<void> : never;
  }
}

expect.extend(laneMatchers);

/** The case of a test, whatever the lane: its name behind those of its describe blocks, as a suite takes it. */
function caseName(name: string, { suite }: TestContext['task']): string {
  const names = [name];
  for (let block = suite; block !== undefined; block = block.suite) names.unshift(block.name);
  return names
    .join(' > ')
    .replaceAll('/', '-')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim();
}

/** The suite of a test file: its name without endings. */
function suiteName(file: string): string {
  return basename(file).replace(/(?:\.(?:test|spec))?\.[cm]?[jt]sx?$/, '');
}

/** A {@link parity} for a subject and lanes of its own. */
export function defineParity(options: ParityOptions): Parity {
  return createParity(() => options);
}

/**
 * A test on every lane of the configuration (`test.provide.archparity`): the lanes are opened once for a test file,
 * and its record is written to `.archparity/runs`.
 * @throws Error when nothing is provided
 */
export const parity: Parity = createParity(() => {
  const provided = inject('archparity') as ParityOptions | undefined;
  if (provided !== undefined) return provided;
  throw new Error(
    'nothing says what to test: set test.provide.archparity in the configuration of Vitest, or use defineParity()',
  );
});

function createParity(readOptions: () => ParityOptions): Parity {
  const test = base.extend<{ paritySession: ParitySession }>({
    paritySession: [
      // Vitest looks for the names of fixtures in a pattern.
      async ({}, use) => {
        const file = expect.getState().testPath ?? 'test';
        const session = await tellError(() =>
          ParitySession.open({
            ...readOptions(),
            suite: suiteName(file),
            cwd: process.cwd(),
            argv: ['vitest', file],
          }),
        );
        await use(session);
        await session.close();
      },
      { scope: 'file' },
    ],
  });
  return (name: string, ...rest: [ParityTest] | [TestOptions, ParityTest]) => {
    const run = rest.length === 1 ? rest[0] : rest[1];
    const options = rest.length === 1 ? {} : rest[0];
    for (const id of (readOptions().lanes ?? DEFAULT_PARITY_LANES).map(laneIdOf)) {
      // The pattern names what Vitest shall give: there is no rest in it.
      test(
        `${name} [${id}]`,
        options,
        async ({
          annotate,
          expect: expectHere,
          onTestFailed,
          onTestFinished,
          paritySession,
          signal,
          skip,
          task,
        }) => {
          const { info, problem } = paritySession.lane(id);
          if (info === undefined) throw new Error(`the lane ${id} could not be opened: ${problem}`);
          const lane = createParityLane(paritySession, info, {
            name: caseName(name, task),
            skip: (reason) => skip(reason),
          });
          const context = { annotate, onTestFailed, onTestFinished, signal, skip, task };
          await run({ ...context, expect: expectHere, lane });
        },
      );
    }
  };
}
