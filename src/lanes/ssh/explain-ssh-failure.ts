import { ArchParityError, ExitCode } from '../../core/index.ts';
import { quoteCommand } from '../../process/index.ts';
import { formatSshTarget, targetArguments, type SshTarget } from './ssh-target.ts';

/** What is known when ssh ended without our script having answered. */
export interface SshFailure {
  readonly target: SshTarget;
  /** Absolute path of the user's own configuration, when one was given. */
  readonly config?: string;
  /** All that ssh wrote to stderr. */
  readonly stderr: string;
  /** Of a second, verbose try: it holds the fingerprints of the keys. */
  readonly verbose?: string;
}

interface Explanation {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
  readonly exitCode?: ExitCode;
}

/** A host as ssh names it in messages (`[host]:port`, or the bare name). */
function readPlace(text: string): SshTarget {
  const [, host = text, port] = /^\[([^\]]+)\]:(\d+)$/.exec(text) ?? [];
  return { host, ...(port === undefined ? {} : { port: Number(port) }) };
}

/** The command that asks about a key, with the fingerprint in sight. */
function askCommand({ target, config }: SshFailure, place: SshTarget): string {
  // The alias of the target is worth more than the address that ssh names; a jump has only that.
  const meant = place.host === target.host ? target : place;
  return quoteCommand([
    'ssh',
    ...(config === undefined ? [] : ['-F', config]),
    '-o',
    'StrictHostKeyChecking=ask',
    ...targetArguments(meant).filter((word) => word !== '--'),
    'true',
  ]);
}

/** The key that a host showed, by the debug line that comes last before the refusal. */
function seenKey(verbose: string | undefined): string | undefined {
  const refused = verbose?.search(/host key is known for|IDENTIFICATION HAS CHANGED/) ?? -1;
  const before = refused < 0 ? verbose : verbose?.slice(0, refused);
  const [, type, fingerprint] =
    [...(before ?? '').matchAll(/Server host key: (\S+) (SHA256:\S+)/g)].at(-1) ?? [];
  return type === undefined ? undefined : `${String(fingerprint)} (${type})`;
}

function explainUnknownKey(failure: SshFailure): Explanation | undefined {
  const [, place] =
    /No \S+ host key is known for (.+?) and you have requested strict checking/.exec(
      failure.stderr,
    ) ?? [];
  if (place === undefined) return undefined;
  const key = seenKey(failure.verbose);
  return {
    code: 'SSH_HOST_KEY_UNKNOWN',
    message: `The host ${place} is not known: no key of it is in a known_hosts file${key === undefined ? '' : `. It showed the key ${key}`}.`,
    advice: `Compare the fingerprint with the host's own (there: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then accept it: ${askCommand(failure, readPlace(place))}`,
  };
}

function explainChangedKey({ stderr, verbose }: SshFailure): Explanation | undefined {
  if (!stderr.includes('REMOTE HOST IDENTIFICATION HAS CHANGED')) return undefined;
  const shown = /(SHA256:\S+?)\.?\r?\n/.exec(stderr)?.[1] ?? seenKey(verbose) ?? 'unknown';
  const [, file = '', line = ''] = /Offending \S+ key in (.+):(\d+)/.exec(stderr) ?? [];
  const place = /Host key for (.+?) has changed/.exec(stderr)?.[1] ?? 'the host';
  return {
    code: 'SSH_HOST_KEY_CHANGED',
    message: `The host key of ${place} is not the one in ${file}:${line}: it showed ${shown}. Somebody may be in between.`,
    advice: `If the host was set up anew, remove the old key: ${quoteCommand(['ssh-keygen', '-f', file, '-R', place])}`,
  };
}

function explainAuthentication(failure: SshFailure): Explanation | undefined {
  const [, who, methods = ''] =
    /^(?:(\S+): )?Permission denied \(([^)]*)\)/m.exec(failure.stderr) ?? [];
  const tooMany = failure.stderr.includes('Too many authentication failures');
  if (methods === '' && !tooMany) return undefined;
  const place = who ?? formatSshTarget(failure.target);
  return {
    code: 'SSH_AUTH_FAILED',
    message: tooMany
      ? `${place} refused the login: too many keys were offered.`
      : `${place} refused the login (it takes ${methods.replaceAll(',', ', ')}).`,
    advice: `Nothing is asked in a run, so a login must work without a question: load the key with ssh-add, name it with IdentityFile in ~/.ssh/config, or keep a ControlMaster open. To try: ${quoteCommand(['ssh', ...(failure.config === undefined ? [] : ['-F', failure.config]), '-o', 'BatchMode=yes', ...targetArguments(failure.target).filter((word) => word !== '--'), 'true'])}`,
  };
}

/** What else ssh says, the more particular first. Source: the messages of OpenSSH 8 to 9. */
const MESSAGES: readonly (readonly [
  pattern: RegExp,
  code: string,
  what: string,
  advice: string,
])[] = [
  [
    /Bad owner or permissions on (.*)|Bad configuration option: .*|terminating, \d+ bad configuration options|line \d+: (?:missing|no) .*|Can't open user config file .*/,
    'SSH_CONFIG_INVALID',
    'ssh refuses its configuration',
    'Correct it; archparity reads ~/.ssh/config, then /etc/ssh/ssh_config, or config=FILE alone.',
  ],
  [
    /Could not resolve hostname (\S+): .*/,
    'SSH_NAME_UNRESOLVED',
    'The name cannot be resolved',
    'Check the spelling; an alias must stand in ~/.ssh/config.',
  ],
  [
    /(?:Connection timed out during banner exchange|(?:Connection|Operation) timed out|Connection to \S+ port \d+ timed out).*/,
    'SSH_TIMEOUT',
    'No connection within the time',
    'See that the host is up and that no firewall drops the port; connect-timeout=SECONDS waits longer.',
  ],
  [
    /.*Connection refused.*/,
    'SSH_REFUSED',
    'Nothing listens for ssh there',
    'Check the port and that sshd runs on the host.',
  ],
  [
    /.*(?:No route to host|Network is unreachable).*/,
    'SSH_UNREACHABLE',
    'There is no way to the host',
    'Check the network, the address, and whether a VPN is needed.',
  ],
  [
    /Unable to negotiate with .*|.*(?:no matching host key type found|no matching key exchange).*/,
    'SSH_NO_COMMON_ALGORITHM',
    'ssh and the host have no algorithm in common',
    'Update the older of the two, or allow its algorithm in ~/.ssh/config for this host.',
  ],
  [
    /Host key verification failed.*|.*revoked.*/,
    'SSH_HOST_KEY_REFUSED',
    'ssh does not accept the host key',
    'Connect once by hand to see why: ssh HOST',
  ],
  [
    /Timeout, server \S+ not responding.*/,
    'SSH_LOST',
    'The host stopped answering',
    'Check the network; keep-alive=SECONDS is more patient.',
  ],
  [
    /(?:kex_exchange_identification|ssh_exchange_identification|Connection (?:closed|reset) by).*/,
    'SSH_CLOSED',
    'The host closed the connection before the login',
    "Look at the host's own log (MaxStartups, a deny list), and try again.",
  ],
];

const JUMP_FAILED = /stdio forwarding failed|UNKNOWN port 65535|open failed: .*/;

function explainMessage({ stderr, target }: SshFailure): Explanation | undefined {
  for (const [pattern, code, what, advice] of MESSAGES) {
    const said = pattern.exec(stderr)?.[0].trim();
    if (said !== undefined)
      return { code, message: `${what} (${formatSshTarget(target)}): ${said}.`, advice };
  }
  return undefined;
}

/** Debug output and notices are not what went wrong. */
function lastWords(stderr: string): string {
  const lines = stderr
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(?:debug\d|Warning: Permanently added)/.test(line));
  return lines.slice(-3).join(' / ');
}

/**
 * What went wrong, by what ssh said, with what to do.
 */
export function explainSshFailure(failure: SshFailure): ArchParityError {
  const place = formatSshTarget(failure.target);
  const words = lastWords(failure.stderr);
  const found =
    explainChangedKey(failure) ??
    explainUnknownKey(failure) ??
    explainAuthentication(failure) ??
    explainMessage(failure);
  // A failing jump is what the outer ssh notices last, without knowing why.
  const isJump =
    JUMP_FAILED.test(failure.stderr) &&
    found?.code !== 'SSH_HOST_KEY_UNKNOWN' &&
    found?.code !== 'SSH_HOST_KEY_CHANGED' &&
    found?.code !== 'SSH_AUTH_FAILED';
  const explanation: Explanation = isJump
    ? {
        code: 'SSH_JUMP_FAILED',
        message: `The way to ${place} through its jump host or proxy command failed: ${words}.`,
        advice: 'See ProxyJump and ProxyCommand of this host: ssh -G HOST',
      }
    : (found ?? {
        code: 'SSH_FAILED',
        message: `ssh could not reach ${place}: ${words === '' ? 'it ended without a word' : words}.`,
        advice: 'Try it by hand: ssh HOST true',
      });
  return new ArchParityError({
    ...explanation,
    ...(explanation.code === 'SSH_CONFIG_INVALID' ? { exitCode: ExitCode.usage } : {}),
    cause: new Error(failure.stderr.trim().slice(-2000)),
  });
}
