import { findNearest, usageError, type LaneKind, type LaneSpec } from '../core/index.ts';
import { parseSshTarget, SSH_CHOICES, SSH_SETTINGS } from './ssh/ssh-target.ts';

/** What can run the images of native and emulated lanes; the first unless another is asked for. */
export const LANE_ENGINES = ['crun', 'podman', 'docker'] as const;
export type LaneEngine = (typeof LANE_ENGINES)[number];

const ENGINE = 'what runs images: crun (the default), podman, or docker in a daemon of its own';

/** The settings that each kind of lane has, with what they mean (for errors, `--help` and docs). */
export const LANE_SETTINGS: Readonly<Record<LaneKind, Readonly<Record<string, string>>>> = {
  native: {
    engine: ENGINE,
    isolation: 'auto (namespaces where they are allowed) or none',
  },
  emulated: {
    qemu: 'path of a qemu-user program; default: the one found in PATH',
    cpu: "CPU model as qemu's -cpu takes it; default: the fastest one that this QEMU knows",
    binfmt:
      'auto, private (own binfmt_misc), host (a handler of the host) or prefix (explicit qemu; children are not emulated)',
    engine: ENGINE,
    isolation: 'auto (namespaces where they are allowed) or none',
    sysroot: 'directory with the loader and libraries for dynamic binaries',
    platform: 'platform of the lane, e.g. linux/riscv64; default: --platform',
  },
  vm: {
    pages: '4k or 16k: the page size of the arm64 kernel',
    cpu: "CPU model as qemu's -cpu takes it; default: the fastest one that this QEMU knows",
    memory: 'memory of the guest, e.g. 512M or 2G; default: 1G',
    smp: 'processors of the guest; default: 2',
    kernel: "path of another distribution's arm64 kernel",
    initrd: 'path of an initramfs that has the modules of that kernel',
    qemu: 'path of a qemu-system-aarch64; default: the one found in PATH',
  },
  ssh: SSH_SETTINGS,
};

const ISOLATION = ['auto', 'none'];

/** Settings of which only some values are possible. */
const CHOICES: Readonly<Record<LaneKind, Readonly<Record<string, readonly string[]>>>> = {
  native: { engine: LANE_ENGINES, isolation: ISOLATION },
  emulated: {
    binfmt: ['auto', 'private', 'host', 'prefix'],
    engine: LANE_ENGINES,
    isolation: ISOLATION,
  },
  vm: { pages: ['4k', '16k'] },
  ssh: { isolation: ISOLATION, ...SSH_CHOICES },
};

/** What a lane can be. */
export const LANE_KINDS: readonly LaneKind[] = ['native', 'emulated', 'vm', 'ssh'];
const NAME = /^[A-Za-z0-9_.-]+$/;

function readKind(word: string, text: string): LaneKind {
  if (word === 'native' || word === 'emulated' || word === 'vm') return word;
  if (word.startsWith('ssh:')) return 'ssh';
  if (word === 'ssh')
    throw usageError('LANE_HOST_MISSING', 'An ssh lane needs a host.', 'Write ssh:USER@HOST.');
  throw usageError(
    'LANE_UNKNOWN',
    `Unknown lane "${text}".`,
    suggest(word, LANE_KINDS) ?? `A lane starts with one of ${LANE_KINDS.join(', ')}.`,
  );
}

function suggest(word: string, valid: readonly string[]): string | undefined {
  const nearest = findNearest(word, valid);
  return nearest === undefined ? undefined : `Did you mean "${nearest}"?`;
}

/** `max,pauth-impdef=on`: a CPU model has commas of its own, so a word without `=` that we know belongs to it. */
function readSettings(
  kind: LaneKind,
  words: readonly string[],
  text: string,
): Record<string, string> {
  const known = LANE_SETTINGS[kind];
  const settings: Record<string, string> = {};
  let last: string | undefined;
  for (const word of words) {
    const at = word.indexOf('=');
    const key = at < 0 ? word : word.slice(0, at);
    if (at > 0 && Object.hasOwn(known, key)) {
      if (settings[key] !== undefined)
        throw usageError('LANE_SETTING_TWICE', `The lane "${text}" sets ${key} twice.`);
      settings[key] = word.slice(at + 1);
      last = key;
    } else if (last === 'cpu') {
      settings['cpu'] = `${settings['cpu'] ?? ''},${word}`;
    } else {
      const names = Object.keys(known);
      throw usageError(
        'LANE_SETTING_UNKNOWN',
        `The lane "${text}" has an unknown setting "${word}".`,
        suggest(key, names) ?? `A lane of kind ${kind} has: ${names.join(', ')}.`,
      );
    }
  }
  for (const [key, value] of Object.entries(settings)) {
    const choices = CHOICES[kind][key];
    if (value === '')
      throw usageError('LANE_SETTING_EMPTY', `The lane "${text}" sets ${key} to nothing.`);
    if (choices !== undefined && !choices.includes(value)) {
      throw usageError(
        'LANE_SETTING_INVALID',
        `The lane "${text}" sets ${key} to "${value}".`,
        suggest(value, choices) ?? `Use one of ${choices.join(', ')}.`,
      );
    }
  }
  return settings;
}

/**
 * Reads `native`, `emulated,qemu=/path,cpu=MODEL`, `ssh:user@host` or `NAME=spec`.
 * @throws ArchParityError `LANE_…`, `SSH_TARGET_INVALID` (exit 2)
 */
export function parseLaneSpec(text: string): LaneSpec {
  const named = /^([^=,]+)=((?:native|emulated|vm|ssh)(?:[,:].*)?)$/.exec(text);
  const body = named?.[2] ?? text;
  const name = named?.[1];
  if (name !== undefined && !NAME.test(name)) {
    throw usageError(
      'LANE_NAME_INVALID',
      `"${name}" cannot be the name of a lane.`,
      'Use letters, digits, dots, dashes and underscores.',
    );
  }
  const [first = '', ...rest] = body.split(',');
  const kind = readKind(first, text);
  const settings = readSettings(kind, rest, text);
  if (kind !== 'ssh') return { id: name ?? body, kind, settings };
  const host = first.slice('ssh:'.length);
  parseSshTarget(host);
  return { id: name ?? body, kind, settings: { ...settings, host } };
}

/** @throws ArchParityError `LANE_TWICE` (exit 2) when two lanes have the same id */
export function requireDistinctLanes(specs: readonly LaneSpec[]): void {
  const ids = new Set<string>();
  for (const { id } of specs) {
    if (ids.has(id))
      throw usageError(
        'LANE_TWICE',
        `There are two lanes "${id}".`,
        'Name them: --lane a=emulated,… --lane b=emulated,…',
      );
    ids.add(id);
  }
}
