import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { usageError } from '../../core/index.ts';
import { homeDirectory } from '../../process/index.ts';
import { withCacheEntry, type CacheEntryOptions } from '../../store/index.ts';
import type { SshSettings } from './ssh-settings.ts';

/**
 * What holds whatever the user's configuration says. ssh_config(5) takes the first value that it
 * finds, so these lines stand before the user's files. They are a file of their own because ssh hands
 * `-F` on to the ssh of a ProxyJump, but not `-o`: the jump must not ask or accept keys either.
 */
const OURS: readonly (readonly [keyword: string, value: string])[] = [
  // Nobody is there to answer: a question would hang unseen.
  ['BatchMode', 'yes'],
  ['StrictHostKeyChecking', 'yes'],
  ['UpdateHostKeys', 'no'],
  ['ConnectionAttempts', '1'],
  ['ServerAliveCountMax', '3'],
  // A master of the user's is used when there is one. Ours is asked for by an option, and not on the way there.
  ['ControlMaster', 'no'],
  ['ControlPersist', 'no'],
  ['ForwardAgent', 'no'],
  ['ForwardX11', 'no'],
  ['PermitLocalCommand', 'no'],
  ['RequestTTY', 'no'],
  ['RemoteCommand', 'none'],
  ['EscapeChar', 'none'],
  ['AddKeysToAgent', 'no'],
  ['VisualHostKey', 'no'],
  // The messages of this level are what failures are recognised by.
  ['LogLevel', 'INFO'],
];

/** A word of ssh_config(5), where quotes cannot be escaped. */
function quoteWord(word: string): string {
  return `"${word.replaceAll('"', '?')}"`;
}

/** The text of the configuration: ours first, then the user's files as ssh would read them. */
export function formatSshConfig(
  settings: Pick<SshSettings, 'config' | 'connectTimeoutMs' | 'keepAliveMs'>,
  home: string,
): string {
  const files =
    settings.config === undefined
      ? [join(home, '.ssh/config'), '/etc/ssh/ssh_config']
      : [settings.config];
  const lines = [
    ...OURS,
    ['ConnectTimeout', String(settings.connectTimeoutMs / 1000)],
    ['ServerAliveInterval', String(settings.keepAliveMs / 1000)],
  ];
  return [
    ...lines.map(([keyword, value]) => `${keyword} ${value}`),
    // A file that is not there is passed over (glob(7) of ssh's Include).
    ...files.map((file) => `Include ${quoteWord(file)}`),
    '',
  ].join('\n');
}

/** As ssh itself looks it up: by the user database, not by $HOME. Who is not in there learns that from ssh. */
function homeOfUser(): string {
  try {
    return userInfo().homedir;
  } catch {
    return homeDirectory();
  }
}

/**
 * Writes the configuration into the cache, once per content: a temporary file would stay behind when
 * we are killed.
 * @returns its path
 * @throws ArchParityError `SSH_CONFIG_MISSING` (exit 2)
 */
export async function placeSshConfig(
  settings: SshSettings,
  { cacheDir, logger }: Pick<CacheEntryOptions, 'cacheDir' | 'logger'>,
): Promise<string> {
  if (settings.config !== undefined && !existsSync(settings.config)) {
    throw usageError(
      'SSH_CONFIG_MISSING',
      `There is no ssh configuration ${settings.config}.`,
      'Give a file as ssh -F takes it: config=FILE',
    );
  }
  const text = formatSshConfig(settings, homeOfUser());
  const key = createHash('sha256').update(text).digest('hex').slice(0, 24);
  const entry = { cacheDir, kind: 'ssh-config', key, ...(logger === undefined ? {} : { logger }) };
  const directory = await withCacheEntry(entry, (target) =>
    writeFile(join(target, 'config'), text),
  );
  return join(directory, 'config');
}
