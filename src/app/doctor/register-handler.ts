import { platformFacts, shortPlatform, type Platform } from '../../core/index.ts';
import type { HandlerTable } from '../../lanes/index.ts';
import { HOST_PLACES } from '../binfmt/places.ts';
import { findConflicts } from '../binfmt/plan-install.ts';
import { installFix, type Commands, type Fix } from './check.ts';

/** How a CI job has a platform's programs run. */
export function registerInJobs(platform: Platform): Commands {
  const { architecture } = platformFacts(platform).oci;
  return {
    github: `- {uses: docker/setup-qemu-action@v3, with: {platforms: ${platform}}}`,
    gitlab: `docker run --privileged --rm tonistiigi/binfmt --install ${architecture} # on the runner's machine, or as a job with privileged = true`,
  };
}

/** How to register a handler for a platform on a machine that has none that works. */
export async function registerFix(platform: Platform, table: HandlerTable): Promise<Fix> {
  const { commands, ...fix } = await installFix('binfmt-handlers');
  const isTaken = findConflicts(table, platform, HOST_PLACES).length > 0;
  return {
    ...fix,
    text: 'Register one on the host.',
    commands: { ...commands, ...registerInJobs(platform) },
    otherwise: {
      text: 'Or by archparity, until the next boot:',
      command: `sudo archparity binfmt install ${shortPlatform(platform)}${isTaken ? ' --replace' : ''}`,
    },
  };
}
