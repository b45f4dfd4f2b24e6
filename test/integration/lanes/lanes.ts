// Opens lanes of this machine through the TypeScript API, as whoever runs the tests.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import type { Attempt, CaseDefinition, Observation } from '../../../src/core/index.ts';
import { openLane, parseLaneSpec, type Lane } from '../../../src/lanes/index.ts';
import { compileProgram } from '../../setup/compile-program.ts';
import { makeCase } from '../../unit/plan/make-case.ts';

export const machine = inject('testMachine');

export function cacheDirectory(): string {
  const caller = machine.callers.find(({ uid }) => uid === process.geteuid?.());
  if (caller === undefined) throw new Error('there is no cache for whoever runs this');
  return caller.cacheDir;
}

/** Opens a lane until the test that asks for it has finished. */
export async function openForTest(spec: string): Promise<Lane> {
  const lane = await openLane(parseLaneSpec(spec), {
    platform: 'linux/arm64',
    cacheDir: cacheDirectory(),
    measure: true,
  });
  onTestFinished(() => lane.close());
  return lane;
}

/** The agents that this process has started and that have not ended. */
export function findAgents(): number[] {
  const children = readdirSync('/proc/self/task').flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8').trim().split(' '),
  );
  return children.filter((pid) => readWords(pid).includes('archparity-agent')).map(Number);
}

function readWords(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}

/** actor.c for both platforms as a subject. */
function actor(): CaseDefinition['subject'] {
  mkdirSync(machine.directory, { recursive: true });
  return {
    kind: 'binary',
    paths: {
      'linux/amd64': compileProgram('actor', 'amd64', machine.directory),
      'linux/arm64': compileProgram('actor', 'arm64', machine.directory),
    },
  };
}

const debian: CaseDefinition['subject'] = {
  kind: 'image',
  reference: `oci:${resolve('build/images/debian-tools')}:latest`,
};

/** A case of actor.c. */
export function actorCase(
  args: readonly string[],
  more: Partial<CaseDefinition> = {},
): CaseDefinition {
  return makeCase({ subject: actor(), command: { kind: 'subject', args }, ...more });
}

/** A script in the Debian image. */
export function imageCase(script: string, more: Partial<CaseDefinition> = {}): CaseDefinition {
  return makeCase({ subject: debian, command: { kind: 'shell', script }, ...more });
}

export async function attemptOn(
  lane: Lane,
  definition: CaseDefinition,
  options: { readonly deadlineMs?: number; readonly cancelSignal?: AbortSignal } = {},
): Promise<Attempt> {
  return lane.observe(definition, { number: 1, deadlineMs: 120_000, ...options });
}

/** Runs a case and gives what was seen. @throws Error when the lane broke */
export async function observeOn(
  lane: Lane,
  definition: CaseDefinition,
  options: { readonly deadlineMs?: number } = {},
): Promise<Observation> {
  const { observation, infra } = await attemptOn(lane, definition, options);
  if (observation === undefined) throw new Error(JSON.stringify(infra));
  return observation;
}
