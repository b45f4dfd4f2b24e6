// A host as the planners see one: what each step does to it, without a kernel.
import type { Platform } from '../../../../src/core/index.ts';
import { binfmtMagic, findServingHandler, type HostHandler } from '../../../../src/lanes/index.ts';
import { declarationFile, type BinfmtPlaces } from '../../../../src/app/binfmt/places.ts';
import type { WantedHandler } from '../../../../src/app/binfmt/plan-install.ts';
import type { Situation } from '../../../../src/app/binfmt/situation.ts';
import { EMPTY_STATE, withHandler } from '../../../../src/app/binfmt/state.ts';
import type { Step } from '../../../../src/app/binfmt/steps.ts';

export const PLACES: BinfmtPlaces = {
  directory: '/state',
  declarations: '/etc/binfmt.d',
  lock: '/run/lock',
  bootId: '/boot_id',
};

export const ARM64: Platform = 'linux/arm64';

export function entry(name: string, changes: Partial<HostHandler> = {}): HostHandler {
  return {
    name,
    enabled: true,
    interpreter: `/usr/bin/${name}`,
    flags: 'POCF',
    offset: 0,
    ...binfmtMagic(ARM64),
    ...changes,
  };
}

export function situation(handlers: readonly HostHandler[] = []): Situation {
  return {
    table: { state: 'mounted', enabled: true, handlers },
    state: EMPTY_STATE,
    declarations: new Map(),
    files: [],
    bootId: 'first',
  };
}

export function wanted(version: string, changes: Partial<WantedHandler> = {}): WantedHandler {
  return {
    platform: ARM64,
    interpreter: `/state/qemu-aarch64-${version}`,
    flags: 'POCF',
    qemu: { path: '/usr/bin/qemu-aarch64-static', version, sha256: version },
    cpuId: version,
    persistent: false,
    from: `/cache/${version}`,
    ...changes,
  };
}

function withHandlers(
  before: Situation,
  change: (handlers: readonly HostHandler[]) => readonly HostHandler[],
): Situation {
  return { ...before, table: { ...before.table, handlers: change(before.table.handlers) } };
}

function withFiles(
  before: Situation,
  step: { readonly file: string; readonly content?: string },
): Situation {
  const declarations = new Map(before.declarations);
  const files = before.files.filter((file) => file !== step.file);
  if (step.file !== declarationFile(PLACES, ARM64))
    return { ...before, files: step.content === undefined ? files : [...files, step.file] };
  if (step.content === undefined) declarations.delete(ARM64);
  else declarations.set(ARM64, step.content);
  return { ...before, declarations };
}

/** @throws Error where the kernel, or the proof, would refuse the step */
export function apply(before: Situation, step: Step): Situation {
  const { handlers } = before.table;
  const has = (name: string): boolean => handlers.some((handler) => handler.name === name);
  switch (step.kind) {
    case 'place':
    case 'declare':
      return withFiles(before, { content: '', ...step });
    case 'delete':
      return withFiles(before, { file: step.file });
    case 'register': {
      if (has(step.name)) throw new Error(`EEXIST ${step.name}`);
      if (!before.files.includes(step.interpreter)) throw new Error(`ENOENT ${step.interpreter}`);
      const { name, platform, interpreter, flags } = step;
      const added = entry(name, { interpreter, flags, ...binfmtMagic(platform) });
      return withHandlers(before, (others) => [added, ...others]);
    }
    case 'unregister':
      if (!has(step.name)) throw new Error(`ENOENT ${step.name}`);
      return withHandlers(before, (all) => all.filter(({ name }) => name !== step.name));
    case 'switch-on':
    case 'switch-off':
      if (!has(step.name)) throw new Error(`ENOENT ${step.name}`);
      return withHandlers(before, (all) =>
        all.map((handler) =>
          handler.name === step.name ? { ...handler, enabled: step.kind === 'switch-on' } : handler,
        ),
      );
    case 'record':
      return { ...before, state: withHandler(before.state, step.handler.platform, step.handler) };
    case 'forget':
      return { ...before, state: withHandler(before.state, step.platform, undefined) };
    case 'verify':
      if (findServingHandler(before.table, step.platform)?.interpreter !== step.interpreter)
        throw new Error(`not served by ${step.interpreter}`);
      return before;
  }
}

export function applyAll(before: Situation, steps: readonly Step[]): Situation {
  return steps.reduce(apply, before);
}
