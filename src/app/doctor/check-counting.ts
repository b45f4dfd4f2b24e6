import { platformFacts, type Platform } from '../../core/index.ts';
import { bareCase } from '../bare-case.ts';
import { adviceOf, installFix, notTried, passed, reasonOf, warned, type Check } from './check.ts';
import { findAgent, openProbeLane, type DoctorContext } from './context.ts';
import { programSubject } from './probe-case.ts';

const COUNTING = { id: 'instructions', title: 'Instruction count' };
const EFFECT = 'archparity bench --metric instructions counts nothing';
const DEADLINE_MS = 20_000;

/** The QEMU that counted what a program of this platform executes. @throws ArchParityError, Error */
async function countOn(context: DoctorContext, platform: Platform): Promise<string> {
  const lane = await openProbeLane(context, 'emulated', {
    settings: { platform },
    countsInstructions: true,
  });
  try {
    const { qemu = '', qemuPath = '' } = lane.info.fingerprint;
    const named = `${qemuPath} ${qemu.split(' ')[0] ?? ''}`;
    const agent = findAgent(platform);
    // Without a program of ours to count, that the witness answered under the plugin must do.
    if (agent === undefined) return named;
    const definition = bareCase('doctor/count', {
      subject: programSubject(platform, agent),
      command: { kind: 'subject', args: ['--version'] },
      deadlineMs: DEADLINE_MS,
    });
    const { infra, observation } = await lane.observe(definition, {
      number: 1,
      deadlineMs: DEADLINE_MS,
    });
    if ((observation?.instructions ?? 0) > 0) return named;
    throw new Error(infra?.message ?? `${named} counted nothing`);
  } finally {
    await lane.close();
  }
}

/** Has a program of each platform counted, and names the QEMUs that did: not those that lanes are timed on. */
export async function checkCounting(
  context: DoctorContext,
  { handlerWorks }: { readonly handlerWorks: boolean },
): Promise<Check> {
  if (!handlerWorks) {
    const check = notTried(COUNTING, 'it needs a private handler', EFFECT);
    return { ...check, state: 'warning' };
  }
  const { host, platform } = context;
  try {
    const named: string[] = [];
    for (const one of [platform, host]) named.push(`${one} by ${await countOn(context, one)}`);
    return passed(COUNTING, named.join(', '));
  } catch (error) {
    const advice = adviceOf(error);
    const install = await installFix(`qemu-${platformFacts(platform).qemuTarget}`);
    return warned(COUNTING, {
      found: reasonOf(error),
      effect: EFFECT,
      fix: { ...install, ...(advice === undefined ? {} : { text: advice.text }) },
    });
  }
}
