import { createHash } from 'node:crypto';
import { type Layer, type LayerEntry } from './layer.ts';
import { readControlFiles } from './package-entries.ts';

const ADMIN = 'var/lib/dpkg';

/**
 * Writes what dpkg keeps of packages that are installed (dpkg(1), `FILES`; deb-triggers(5)), so that dpkg and apt in
 * the image can add to them. Conffiles bear the digests of the files as they are in `layer`.
 * @param packages the paths that each package file has, as it names them
 */
export async function addPackageDatabase(
  layer: Layer,
  packages: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const status: string[] = [];
  const interests = new Map<string, string[]>();
  for (const [file, names] of packages) {
    const members = await readControlFiles(file);
    const control = readText(members.get('control')).trim();
    const name = databaseName(control);
    const info = (member: string): string => `${ADMIN}/info/${name}.${member}`;
    const listed = names.map((path) => (path === '' ? '/.' : `/${path}`));
    layer.set(info('list'), textFile(`${listed.join('\n')}\n`));
    for (const [member, entry] of members) if (member !== 'control') layer.set(info(member), entry);
    status.push(describeInstalled(control, readConffiles(layer, members.get('conffiles'))));
    for (const [trigger, waits] of readInterests(members.get('triggers'))) {
      const interested = interests.get(trigger) ?? [];
      interests.set(trigger, [...interested, waits ? name : `${name}/noawait`]);
    }
  }
  addTriggers(layer, interests);
  layer.set(`${ADMIN}/status`, textFile(status.join('\n')));
  layer.set(`${ADMIN}/available`, textFile(''));
  layer.set(`${ADMIN}/info/format`, textFile('1\n'));
  for (const path of ['alternatives', 'parts', 'updates'])
    layer.set(`${ADMIN}/${path}`, { type: 'directory', mode: 0o755, uid: 0, gid: 0 });
}

/** The name of a package's files: with its architecture where several can be installed at the same time. */
function databaseName(control: string): string {
  const name = fieldOf(control, 'Package');
  return fieldOf(control, 'Multi-Arch') === 'same'
    ? `${name}:${fieldOf(control, 'Architecture')}`
    : name;
}

function fieldOf(control: string, field: string): string {
  return new RegExp(`^${field}: *(.*)$`, 'm').exec(control)?.[1] ?? '';
}

function describeInstalled(control: string, conffiles: readonly string[]): string {
  const [first = '', ...rest] = control.split('\n');
  return [
    first,
    'Status: install ok installed',
    ...rest,
    ...(conffiles.length === 0 ? [] : ['Conffiles:', ...conffiles]),
    '',
  ].join('\n');
}

/** Lines of the status' field: a path and its MD5. What an upgrade only removes has none. */
function readConffiles(layer: Layer, entry: LayerEntry | undefined): string[] {
  return readText(entry)
    .split('\n')
    .filter((line) => line.startsWith('/'))
    .flatMap((path) => {
      const file = layer.get(path.slice(1));
      if (file?.type !== 'file') return [];
      return [` ${path} ${createHash('md5').update(file.content).digest('hex')}`];
    });
}

/** What a package wants to be told of, and whether its teller waits for it. */
function readInterests(entry: LayerEntry | undefined): (readonly [string, boolean])[] {
  return readText(entry)
    .split('\n')
    .flatMap((line) => {
      const [, how = '', trigger] = /^interest(-\S+)?\s+(\S+)/.exec(line.trim()) ?? [];
      return trigger === undefined ? [] : [[trigger, how !== '-noawait'] as const];
    });
}

/** Triggers of paths share one file; each of the others has its own. */
function addTriggers(layer: Layer, interests: ReadonlyMap<string, readonly string[]>): void {
  const all = [...interests];
  const ofPaths = all
    .filter(([trigger]) => trigger.startsWith('/'))
    .flatMap(([trigger, names]) => names.map((name) => `${trigger} ${name}\n`));
  layer.set(`${ADMIN}/triggers/File`, textFile(ofPaths.join('')));
  layer.set(`${ADMIN}/triggers/Unincorp`, textFile(''));
  for (const [trigger, names] of all.filter(([word]) => !word.startsWith('/')))
    layer.set(`${ADMIN}/triggers/${trigger}`, textFile(names.map((name) => `${name}\n`).join('')));
}

function readText(entry: LayerEntry | undefined): string {
  return entry?.type === 'file' ? entry.content.toString('utf8') : '';
}

function textFile(text: string): LayerEntry {
  return { type: 'file', content: Buffer.from(text), mode: 0o644, uid: 0, gid: 0 };
}
