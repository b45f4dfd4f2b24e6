import { copyFile, readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { ArchParityError } from '../../core/index.ts';
import { createExec, requireTool, type CommandLogger, type Exec } from '../../process/index.ts';
import { makeDirectory } from '../../store/index.ts';

/** What a guest may need beyond what is built into the kernel; guest.c loads them. */
const GUEST_MODULES = [
  'virtio_pci',
  'virtio_console',
  'virtio_scsi',
  'sd_mod',
  'crc32c_generic',
  'ext4',
  'overlay',
] as const;

/** A module's name as the kernel has it: `-` and `_` are the same (modprobe(8)). */
export function moduleName(file: string): string {
  return basename(file)
    .replace(/\.ko(\.(xz|gz|zst))?$/, '')
    .replaceAll('-', '_');
}

/** The names in a module's `.modinfo` after `depends=` (kernel/module). */
export function readDependencies(module: Buffer): string[] {
  const at = module.indexOf('\0depends=');
  if (at < 0) return [];
  const start = at + '\0depends='.length;
  const text = module.toString('latin1', start, module.indexOf(0, start));
  return text === '' ? [] : text.split(',');
}

const SIGNATURE_END = Buffer.from('~Module signature appended~\n');
/** struct module_signature (include/linux/module_signature.h): its last word is the signature's length. */
const SIGNATURE_INFO_BYTES = 12;

/**
 * A module without the signature behind it. apt has verified the package; to verify each module again
 * costs a guest under emulation a tenth of its boot.
 */
export function stripSignature(module: Buffer): Buffer {
  const end = module.length - SIGNATURE_END.length;
  if (end < SIGNATURE_INFO_BYTES || !module.subarray(end).equals(SIGNATURE_END)) return module;
  const signatureBytes = module.readUInt32BE(end - 4);
  return module.subarray(0, end - SIGNATURE_INFO_BYTES - signatureBytes);
}

/** What a module holds. It is unpacked at `place`: what was fetched stays as it is. */
async function decompress(path: string, place: string, exec: Exec): Promise<Buffer> {
  const suffix = /\.(xz|gz|zst)$/.exec(path)?.[0] ?? '';
  const tool = { '.xz': 'xz', '.gz': 'gzip', '.zst': 'zstd' }[suffix];
  if (tool === undefined) return readFile(path);
  const copy = `${place}${suffix}`;
  await copyFile(path, copy);
  const result = await exec(await requireTool(tool), ['--decompress', '--force', copy]);
  if (result.exitCode !== 0)
    throw new ArchParityError({
      code: 'VM_BUILD_FAILED',
      message: `A kernel module could not be unpacked: ${result.stderr.trim()}.`,
      advice: 'Run archparity vm build again.',
    });
  return readFile(place);
}

export interface CopyModulesOptions {
  readonly logger?: CommandLogger;
  /** Absent = those of a lane's guest. */
  readonly names?: readonly string[];
}

/**
 * Copies the modules that a guest needs, and what they depend on, uncompressed, with a `modules.dep`
 * (modules.dep(5)) that lists dependencies so that the last one is loaded first.
 * @param source - `lib/modules/RELEASE` of an unpacked kernel package
 */
export async function copyModules(
  source: string,
  target: string,
  { logger, names = GUEST_MODULES }: CopyModulesOptions = {},
): Promise<void> {
  const exec = createExec(logger === undefined ? {} : { logger });
  const files = new Map(
    (await readdir(source, { recursive: true }))
      .filter((file) => /\.ko(\.(xz|gz|zst))?$/.test(file))
      .map((file) => [moduleName(file), file]),
  );
  const dependencies = new Map<string, readonly string[]>();
  const take = async (name: string): Promise<void> => {
    const file = files.get(name);
    // Not there: it is built into the kernel.
    if (file === undefined || dependencies.has(name)) return;
    const place = join(target, plainPath(file));
    makeDirectory(join(place, '..'));
    const content = await decompress(join(source, file), place, exec);
    const needed = readDependencies(content).map(moduleName);
    dependencies.set(name, needed);
    await writeFile(place, stripSignature(content));
    for (const other of needed) await take(other);
  };
  for (const name of names) await take(name);
  const lines = [...dependencies.keys()].map((name) => {
    const all = allDependencies(name, dependencies).map((other) => pathOf(other, files));
    return `${pathOf(name, files)}: ${all.join(' ')}\n`;
  });
  makeDirectory(target);
  await writeFile(join(target, 'modules.dep'), lines.join(''));
}

function plainPath(file: string): string {
  return relative('.', file).replace(/\.(xz|gz|zst)$/, '');
}

function pathOf(name: string, files: ReadonlyMap<string, string>): string {
  return plainPath(files.get(name) ?? name);
}

/** Nearest first, so that loading from the end loads what is needed before what needs it. */
export function allDependencies(
  name: string,
  direct: ReadonlyMap<string, readonly string[]>,
): string[] {
  const order: string[] = [];
  const visit = (current: string): void => {
    for (const other of direct.get(current) ?? []) {
      if (!direct.has(other)) continue;
      visit(other);
      if (!order.includes(other)) order.push(other);
    }
  };
  visit(name);
  return order.reverse();
}
