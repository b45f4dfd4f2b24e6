import { platformFacts, shortPlatform, type Platform } from '../../core/index.ts';
import {
  BINFMT_DIRECTORY,
  type HandlerClaim,
  type HandlerFaultKind,
  type HostHandler,
} from '../../lanes/index.ts';
import { installFix, type Fix } from './check.ts';

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

/** A file of binfmt_misc that is written to, as words and as a command to paste. */
export function writeFix(text: string, name: string, value: '1' | '-1'): Fix {
  const file = `${BINFMT_DIRECTORY}/${name}`;
  const command = `echo ${value} | sudo tee ${quote(file)}`;
  // -1 removes an entry, which somebody made.
  if (value === '-1') return { text, command };
  return { text, command, safe: ['sh', '-c', 'echo 1 > "$1"', 'sh', file] };
}

function quote(path: string): string {
  return /^[\w./+-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

const forGithub = (platform: Platform): string =>
  `- {uses: docker/setup-qemu-action@v3, with: {platforms: ${platform}}}`;

const forGitlab = (platform: Platform): string =>
  `docker run --privileged --rm tonistiigi/binfmt --install ${platformFacts(platform).oci.architecture} # on the runner's machine, or as a job with privileged = true`;

/** How to register a handler for a platform on a machine that has none. */
export async function registerFix(platform: Platform): Promise<Fix> {
  const { commands, ...fix } = await installFix('binfmt-handlers');
  return {
    ...fix,
    text: 'Register one on the host.',
    commands: { ...commands, github: forGithub(platform), gitlab: forGitlab(platform) },
    otherwise: {
      text: 'Or by archparity, until the next boot:',
      command: `sudo archparity binfmt install ${shortPlatform(platform)}`,
    },
  };
}

/** How the manager of an entry registers it anew with the flags POCF and the usual mask. */
export function renewFix(
  handler: HostHandler,
  claims: readonly HandlerClaim[],
  platform: Platform,
): Fix {
  const { oci } = platformFacts(platform);
  const image = 'docker run --privileged --rm tonistiigi/binfmt';
  const ci = { github: forGithub(platform), gitlab: forGitlab(platform) };
  const [claim] = claims;
  const { file = '' } = claim ?? {};
  switch (claim?.manager) {
    case 'systemd-binfmt':
      return {
        text: `Lay an entry with the flags POCF over ${file}, which systemd-binfmt reads.`,
        command: `sed 's/:[A-Z]*$/:POCF/' ${quote(file)} | sudo tee /etc/binfmt.d/${quote(file.split('/').at(-1) ?? '')} && sudo systemctl restart systemd-binfmt`,
        commands: ci,
      };
    case 'binfmt-support':
      return {
        text: 'Have binfmt-support register it with credentials and an open interpreter.',
        command: `sudo sed -i 's/^credentials.*/credentials yes/; s/^fix_binary.*/fix_binary yes/; s/^preserve.*/preserve yes/' /usr/share/binfmts/${quote(handler.name)} && sudo update-binfmts --import ${quote(handler.name)}`,
        commands: ci,
      };
    case 'container':
      return {
        text: 'Remove it, and have the container register it again with the flags POCF.',
        command: `${image} --uninstall ${handler.name} && ${image} --install ${oci.architecture}`,
        commands: ci,
      };
    case 'archparity':
    case 'unknown':
    case undefined:
      return {
        text: 'Register another one over it with the flags POCF; archparity binfmt remove gives it back.',
        command: `sudo archparity binfmt install ${shortPlatform(platform)} --replace`,
        commands: ci,
      };
  }
}

/** The remedy for a fault of an entry. */
export async function mendFix(
  kind: HandlerFaultKind,
  handler: HostHandler,
  { claims, platform }: { readonly claims: readonly HandlerClaim[]; readonly platform: Platform },
): Promise<Fix> {
  switch (kind) {
    case 'table-disabled':
      return writeFix('Switch it on.', 'status', '1');
    case 'disabled':
      return writeFix('Switch it on.', handler.name, '1');
    case 'shadowed':
      return writeFix('Remove the one of the two that is not wanted.', handler.name, '-1');
    case 'dead-interpreter':
      return {
        ...(await installFix('binfmt-handlers')),
        text: `Install what ${handler.interpreter} belongs to again, or remove the entry.`,
        otherwise: {
          text: 'To remove it:',
          command: writeFix('', handler.name, '-1').command ?? '',
        },
      };
    case 'dynamic-interpreter': {
      const fix = await installFix(`qemu-${platformFacts(platform).qemuTarget}-static`);
      return { ...fix, text: 'Install a static QEMU, and register that.' };
    }
    case 'wide-mask':
    case 'narrow-mask':
    case 'without-f':
    case 'without-c':
    case 'without-p':
      return renewFix(handler, claims, platform);
  }
}
