import { platformFacts } from '../../core/index.ts';
import type { HandlerFaultKind, HostHandler } from '../../lanes/index.ts';
import { installFix, type Fix } from './check.ts';
import { renewFix, type Claimed } from './renew-handler.ts';
import { removeCommand, switchOnFix } from './switch-handler.ts';

/** What is lost by a fault of an entry, the worst first. */
const EFFECTS: Readonly<Record<HandlerFaultKind, string>> = {
  'table-disabled': 'no foreign program runs',
  disabled: 'foreign programs end with "Exec format error"',
  'dead-interpreter':
    'foreign programs end with "No such file or directory", though they are there',
  'wide-mask':
    'programs of other platforms, this machine’s among them, are given to the wrong emulator',
  'narrow-mask': 'some foreign programs end with "Exec format error"',
  shadowed: 'another entry decides which emulator is used',
  'dynamic-interpreter': 'in an image, foreign programs end with "No such file or directory"',
  'without-f': 'in an image, foreign programs end with "No such file or directory"',
  'without-c': 'in an image, sudo, su and ping fail ("effective uid is not 0")',
  'without-p': 'programs that look at their own name (busybox, clang) may misbehave',
};

/** The kinds of fault, the one to mend first at the front. */
const ORDER = Object.keys(EFFECTS) as readonly HandlerFaultKind[];

/** The fault that is to be mended first. */
export function findWorst(kinds: readonly HandlerFaultKind[]): HandlerFaultKind | undefined {
  return ORDER.find((kind) => kinds.includes(kind));
}

export function effectOfFault(kind: HandlerFaultKind): string {
  return EFFECTS[kind];
}

/** The remedy for a fault of an entry. */
export async function mendFix(
  kind: HandlerFaultKind,
  handler: HostHandler,
  claimed: Claimed,
): Promise<Fix> {
  switch (kind) {
    case 'table-disabled':
      return switchOnFix('status');
    case 'disabled':
      return switchOnFix(handler.name);
    case 'shadowed':
      return {
        text: 'Remove the one of the two that is not wanted.',
        command: removeCommand(handler.name),
      };
    case 'dead-interpreter':
      return {
        ...(await installFix('binfmt-handlers')),
        text: `Install what ${handler.interpreter} belongs to again, or remove the entry.`,
        otherwise: {
          text: 'To remove it:',
          command: removeCommand(handler.name),
        },
      };
    case 'dynamic-interpreter': {
      const fix = await installFix(`qemu-${platformFacts(claimed.platform).qemuTarget}-static`);
      return { ...fix, text: 'Install a static QEMU, and register that.' };
    }
    case 'wide-mask':
    case 'narrow-mask':
    case 'without-f':
    case 'without-c':
    case 'without-p':
      return renewFix(kind, handler, claimed);
  }
}
