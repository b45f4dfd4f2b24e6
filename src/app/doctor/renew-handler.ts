import { basename, join } from 'node:path';
import { platformFacts, PLATFORMS, shortPlatform, type Platform } from '../../core/index.ts';
import {
  binfmtMagic,
  escapeBytes,
  formatBinfmtEntry,
  isMeantFor,
  type HandlerClaim,
  type HandlerFaultKind,
  type HostHandler,
} from '../../lanes/index.ts';
import { quoteCommand } from '../../process/index.ts';
import { HOST_PLACES } from '../binfmt/places.ts';
import type { Fix } from './check.ts';
import { registerInJobs } from './register-handler.ts';
import { removeCommand } from './switch-handler.ts';

/** Faults of which bytes an entry takes files by; flags alone do not mend these. */
const MASK_FAULTS: readonly HandlerFaultKind[] = ['wide-mask', 'narrow-mask'];

/** The platform that an entry's magic names, whatever its mask takes. */
function meantPlatform(handler: HostHandler, otherwise: Platform): Platform {
  const meant = PLATFORMS.find(({ platform }) => isMeantFor(handler, platform));
  return meant?.platform ?? otherwise;
}

/** As sed(1) takes them: text that it writes, and text that it looks for. */
const escapeText = (text: string): string => text.replaceAll('\\', String.raw`\\`);
const escapePattern = (text: string): string => text.replaceAll(/[.*[\]^$/\\]/g, String.raw`\$&`);

/** How a declaration (binfmt.d(5)) becomes what it should be: its flags, or all of its line. */
function declarationScript({ name, interpreter }: HostHandler, platform?: Platform): string {
  // Its first byte separates the fields.
  const line = String.raw`/^\(.\)${escapePattern(name)}\1/`;
  if (platform === undefined) return `${line}s/[A-Z]*$/POCF/`;
  const entry = formatBinfmtEntry({ name, platform, interpreter, flags: 'POCF' });
  return `${line}c\\${escapeText(entry)}`;
}

/** The lines that a format of binfmt-support (update-binfmts(8), FORMAT FILES) should have. */
function formatLines(platform?: Platform): readonly (readonly [key: string, value: string])[] {
  const flags = ['credentials', 'fix_binary', 'preserve'].map((key) => [key, 'yes'] as const);
  if (platform === undefined) return flags;
  const { magic, mask } = binfmtMagic(platform);
  return [['magic', escapeBytes(magic)], ['offset', '0'], ['mask', escapeBytes(mask)], ...flags];
}

/** Whose an entry is, and for which platform it is judged. */
export interface Claimed {
  readonly claims: readonly HandlerClaim[];
  readonly platform: Platform;
  /** Which runs its own programs without anybody's help. */
  readonly host: Platform;
}

/** How the manager of an entry registers it anew with the flags POCF, and with the usual mask if that is at fault. */
export function renewFix(
  kind: HandlerFaultKind,
  handler: HostHandler,
  { claims, platform, host }: Claimed,
): Fix {
  const meant = meantPlatform(handler, platform);
  if (meant === host)
    return {
      text: 'Remove it: this machine runs such programs itself.',
      command: removeCommand(handler.name),
    };
  const rewritten = MASK_FAULTS.includes(kind) ? meant : undefined;
  const what = `the flags POCF${rewritten === undefined ? '' : ` and the mask of ${meant}`}`;
  const commands = registerInJobs(meant);
  const name = quoteCommand([handler.name]);
  const [claim] = claims;
  const { file = '' } = claim ?? {};
  switch (claim?.manager) {
    case 'systemd-binfmt': {
      const script = declarationScript(handler, rewritten);
      const local = join(HOST_PLACES.declarations, basename(file));
      const restart = 'sudo systemctl restart systemd-binfmt';
      // tee would empty the file before it is read.
      if (file === local)
        return {
          text: `Have systemd-binfmt register it with ${what}.`,
          command: `sudo ${quoteCommand(['sed', '-i', script, file])} && ${restart}`,
          commands,
        };
      return {
        text: `Lay an entry with ${what} over ${file}, which systemd-binfmt reads.`,
        command: `${quoteCommand(['sed', script, file])} | sudo ${quoteCommand(['tee', local])} && ${restart}`,
        commands,
      };
    }
    case 'binfmt-support': {
      const lines = formatLines(rewritten);
      const added = lines.map(([key, value]) => `${key} ${escapeText(value)}`).join(String.raw`\n`);
      const replaced = lines.map(([key]) => key).join(String.raw`\|`);
      const words = ['-i', '-e', `$a ${added}`, '-e', String.raw`/^\(${replaced}\) /d`];
      const format = join('/usr/share/binfmts', handler.name);
      return {
        text: `Have binfmt-support register it with ${what}.`,
        command: `sudo ${quoteCommand(['sed', ...words, format])} && sudo update-binfmts --import ${name}`,
        commands,
      };
    }
    case 'container': {
      const image = 'docker run --privileged --rm tonistiigi/binfmt';
      const { oci } = platformFacts(meant);
      return {
        text: `Remove it, and have the container register it again with ${what}.`,
        command: `${image} --uninstall ${name} && ${image} --install ${oci.architecture}`,
        commands,
      };
    }
    case 'archparity':
    case 'unknown':
    case undefined: {
      const install = `sudo archparity binfmt install ${shortPlatform(meant)} --replace`;
      // It would go on taking what is not its own, as others may need it.
      if (kind === 'wide-mask')
        return {
          text: `Remove it, and register another one with ${what}.`,
          command: `${removeCommand(handler.name)} && ${install}`,
          commands,
        };
      return {
        text: `Register another one over it with ${what}; archparity binfmt remove gives it back.`,
        command: install,
        commands,
      };
    }
  }
}
