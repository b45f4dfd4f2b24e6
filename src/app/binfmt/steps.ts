import type { Platform } from '../../core/index.ts';
import type { InstalledHandler } from './state.ts';

/** One change of the host, or the proof of one. Each is done whole or not at all. */
export type Step =
  /** A program for a handler is put where only root can change it. */
  | { readonly kind: 'place'; readonly file: string; readonly from: string; readonly what: string }
  | {
      readonly kind: 'register';
      readonly name: string;
      readonly platform: Platform;
      readonly interpreter: string;
      readonly flags: string;
    }
  /** A program of the platform must be run by this very interpreter and CPU. */
  | {
      readonly kind: 'verify';
      readonly platform: Platform;
      readonly interpreter: string;
      readonly cpuId: string;
    }
  /** From here on it is installed: what is interrupted later is completed, earlier it is undone. */
  | { readonly kind: 'record'; readonly handler: InstalledHandler }
  | { readonly kind: 'forget'; readonly platform: Platform }
  | { readonly kind: 'unregister'; readonly name: string }
  /** An entry of somebody else. */
  | { readonly kind: 'switch-off' | 'switch-on'; readonly name: string }
  | { readonly kind: 'declare'; readonly file: string; readonly content: string }
  | { readonly kind: 'delete'; readonly file: string };

/** A step as a line, in the infinitive. */
export function describeStep(step: Step): string {
  switch (step.kind) {
    case 'place':
      return `write ${step.file}: ${step.what}`;
    case 'register':
      return `register ${step.name}: ${step.platform} programs are run by ${step.interpreter}, flags ${step.flags}`;
    case 'verify':
      return `run a ${step.platform} program in a chroot, which must be run by ${step.interpreter}`;
    case 'record':
      return `note that ${step.handler.platform} is installed`;
    case 'forget':
      return `note that ${step.platform} is not installed`;
    case 'unregister':
      return `remove the entry ${step.name}`;
    case 'switch-off':
      return `switch ${step.name} off`;
    case 'switch-on':
      return `switch ${step.name} on again`;
    case 'declare':
      return `write ${step.file}: it is registered at boot`;
    case 'delete':
      return `delete ${step.file}`;
  }
}
