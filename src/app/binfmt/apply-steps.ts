import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Platform } from '../../core/index.ts';
import { administerHandlers } from '../../lanes/index.ts';
import { makeDirectory } from '../../store/index.ts';
import type { BinfmtPlaces } from './places.ts';
import { readState, withHandler, writeState } from './state.ts';
import type { Step } from './steps.ts';
import { writeWhole } from './write-whole.ts';

/** What must run a platform's programs. */
export interface Proof {
  readonly platform: Platform;
  readonly interpreter: string;
  readonly cpuId: string;
}

export interface Applying {
  readonly places: BinfmtPlaces;
  /** @throws ArchParityError when something else runs them */
  readonly verify: (proof: Proof) => Promise<void>;
  /** Told of each step that was done. */
  readonly onStep?: ((step: Step) => void) | undefined;
}

async function applyStep(step: Step, { places, verify }: Applying): Promise<void> {
  const { registerEntry, switchEntry, unregisterEntry } = await administerHandlers();
  switch (step.kind) {
    case 'place':
      return writeWhole(step.file, await readFile(step.from), 0o755);
    case 'register':
      registerEntry(step);
      return;
    case 'verify':
      return verify(step);
    case 'record':
      return writeState(
        places,
        withHandler(readState(places), step.handler.platform, step.handler),
      );
    case 'forget':
      return writeState(places, withHandler(readState(places), step.platform, undefined));
    case 'unregister':
      unregisterEntry(step.name);
      return;
    case 'switch-off':
    case 'switch-on':
      switchEntry(step.name, step.kind === 'switch-on');
      return;
    case 'declare':
      makeDirectory(dirname(step.file));
      return writeWhole(step.file, step.content);
    case 'delete':
      return rm(step.file, { force: true });
  }
}

/** Does the steps one after the other, and stops at the first that fails. @throws ArchParityError */
export async function applySteps(steps: readonly Step[], applying: Applying): Promise<void> {
  for (const step of steps) {
    await applyStep(step, applying);
    applying.onStep?.(step);
  }
}
