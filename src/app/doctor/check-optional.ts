import { reasonOf, warned, type Check, type CheckSubject } from './check.ts';
import { checkDocker } from './check-docker.ts';
import { checkPodman } from './check-podman.ts';
import { checkRegistries } from './check-registries.ts';
import { checkSshHosts } from './check-ssh-hosts.ts';
import { checkVm } from './check-vm.ts';
import type { OptionalContext } from './context.ts';

/** What goes wrong with these is never a reason for not being ready. */
async function guard(
  subject: CheckSubject,
  check: Promise<Check | readonly Check[]>,
): Promise<readonly Check[]> {
  try {
    return [await check].flat();
  } catch (error) {
    return [
      warned(subject, { found: reasonOf(error), effect: 'what it is about could not be checked' }),
    ];
  }
}

/** What not every user has, all at once: each waits for others, within a deadline of its own. */
export async function checkOptional(context: OptionalContext): Promise<readonly Check[]> {
  const checks = await Promise.all([
    guard({ id: 'vm', title: 'microVM' }, checkVm(context)),
    guard({ id: 'docker', title: 'docker' }, checkDocker(context)),
    guard({ id: 'podman', title: 'podman' }, checkPodman(context)),
    guard({ id: 'registries', title: 'Registries' }, checkRegistries(context)),
    guard({ id: 'ssh-hosts', title: 'Hosts over SSH' }, checkSshHosts(context)),
  ]);
  return checks.flat();
}
