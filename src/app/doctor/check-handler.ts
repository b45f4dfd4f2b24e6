import { platformFacts } from '../../core/index.ts';
import { readHandlerTable, type Lane } from '../../lanes/index.ts';
import { adviceOf, failed, notTried, passed, reasonOf, warned, type Check } from './check.ts';
import { findAgent, openProbeLane, type DoctorContext } from './context.ts';
import { spawnByForeignAgent } from './foreign-agent.ts';
import { registerFix } from './register-handler.ts';
import { probe, programSubject } from './probe-case.ts';

const HANDLER = { id: 'handler', title: 'Private handler' };
const PROGRAM = { id: 'program', title: 'Foreign program' };
const CHILDREN = { id: 'children', title: 'Its children' };

const CHILDREN_LOST =
  'programs that a foreign program executes are not emulated, so scripts and builds fail';

export interface HandlerChecks {
  readonly checks: readonly Check[];
  /** How the emulated lane works; absent when it cannot run a program. */
  readonly mode?: string;
}

async function checkProgram(
  lane: Lane,
  { platform }: DoctorContext,
  agent: string | undefined,
): Promise<Check> {
  const { uname } = platformFacts(platform);
  if (agent === undefined)
    return passed(PROGRAM, `the ${uname} witness runs (no other ${platform} program is shipped)`);
  try {
    const version = (
      await probe(lane, programSubject(platform, agent), { kind: 'subject', args: ['--version'] })
    ).trim();
    if (version === '') throw new Error('it says nothing');
    return passed(PROGRAM, `the ${uname} agent runs as the lane's subject (${lane.info.mode})`);
  } catch (error) {
    return failed(PROGRAM, {
      found: reasonOf(error),
      effect: `no ${platform} program can be run`,
      fix: adviceOf(error),
    });
  }
}

/** A foreign program that executes a foreign program: by the handler alone, there is no prefix. */
async function checkChildren(
  lane: Lane,
  { platform }: DoctorContext,
  agent: string | undefined,
): Promise<Check> {
  if (!lane.info.capabilities.includes('child-processes')) {
    return warned(CHILDREN, {
      found: 'not emulated: the lane puts qemu in front of the program itself only',
      effect: CHILDREN_LOST,
      fix: {
        ...(await registerFix(platform, readHandlerTable())),
        text: 'Make user namespaces work, or register a handler on the host.',
      },
    });
  }
  if (agent === undefined) {
    const found = `not tried, as no ${platform} program that starts another is shipped`;
    return passed(CHILDREN, `${found}; the handler holds for the whole lane`);
  }
  try {
    const outcome = await spawnByForeignAgent(
      lane,
      { platform, path: agent },
      { argv: [agent, '--version'], deadlineMs: 15_000 },
    );
    if (outcome.exits[0]?.code !== 0) {
      throw new Error(`it ended with ${JSON.stringify(outcome.failure ?? outcome.exits[0])}`);
    }
    return passed(CHILDREN, 'a foreign program started another one');
  } catch (error) {
    return warned(CHILDREN, { found: reasonOf(error), effect: CHILDREN_LOST });
  }
}

/** The lane with a handler of its own, or else whatever it falls back to. */
async function openBestLane(
  context: DoctorContext,
  isolated: boolean,
): Promise<{ readonly lane?: Lane; readonly handler: Check; readonly error?: unknown }> {
  const effect = 'the lane falls back to a handler of the host or to an explicit prefix';
  let refused = notTried(HANDLER, 'there are no user namespaces', effect);
  if (isolated) {
    try {
      const lane = await openProbeLane(context, 'emulated', { settings: { binfmt: 'private' } });
      const found = 'registered with flags POCF; the witness says that it is ours';
      return { lane, handler: passed(HANDLER, found) };
    } catch (error) {
      refused = warned(HANDLER, { found: reasonOf(error), effect, fix: adviceOf(error) });
    }
  }
  try {
    return { lane: await openProbeLane(context, 'emulated'), handler: refused };
  } catch (error) {
    return { handler: refused, error };
  }
}

/** Opens the emulated lane and runs foreign programs on it. */
export async function checkHandler(
  context: DoctorContext,
  { isolated, emulatorWorks }: { readonly isolated: boolean; readonly emulatorWorks: boolean },
): Promise<HandlerChecks> {
  const effect = `no ${context.platform} program can be run`;
  const because = 'there is no working emulator';
  if (!emulatorWorks) {
    const checks = [HANDLER, PROGRAM, CHILDREN].map((subject) =>
      notTried(subject, because, effect),
    );
    return { checks };
  }
  const { lane, handler, error } = await openBestLane(context, isolated);
  if (lane === undefined) {
    return {
      checks: [
        handler,
        failed(PROGRAM, { found: reasonOf(error), effect, fix: adviceOf(error) }),
        notTried(CHILDREN, 'the lane cannot be opened', effect),
      ],
    };
  }
  try {
    const agent = findAgent(context.platform);
    const program = await checkProgram(lane, context, agent);
    const works = program.state === 'ok';
    const children = works
      ? await checkChildren(lane, context, agent)
      : notTried(CHILDREN, 'the program itself does not run', effect);
    return { checks: [handler, program, children], ...(works ? { mode: lane.info.mode } : {}) };
  } finally {
    await lane.close();
  }
}
