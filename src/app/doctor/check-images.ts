import { join } from 'node:path';
import { ArchParityError, type Platform } from '../../core/index.ts';
import type { Lane } from '../../lanes/index.ts';
import { createExec, findTool } from '../../process/index.ts';
import {
  adviceOf,
  failed,
  installFix,
  notTried,
  passed,
  reasonOf,
  warned,
  type Check,
  type CheckSubject,
} from './check.ts';
import { findAgent, openProbeLane, type DoctorContext } from './context.ts';
import { probe } from './probe-case.ts';
import { makeTinyLayout, makeTinyRoot, TINY_PROGRAM, TINY_TAG } from './tiny-image.ts';

const CRUN = { id: 'crun', title: 'crun' };
const UMOCI = { id: 'umoci', title: 'umoci' };
const SKOPEO = { id: 'skopeo', title: 'skopeo' };

const EFFECTS: Readonly<Record<string, string>> = {
  crun: 'images cannot be run; binaries can',
  umoci: 'only unpacked root file systems (dir:) can be run, no images; binaries can',
  skopeo:
    'docker archives and directories of skopeo cannot be read; oci: layouts and oci-archive: files can',
};

function effectOf({ id }: CheckSubject): string {
  return EFFECTS[id] ?? '';
}

async function missing(subject: CheckSubject): Promise<Check> {
  const rest = {
    found: 'not found in PATH',
    effect: effectOf(subject),
    fix: await installFix(subject.id),
  };
  return subject === SKOPEO ? warned(subject, rest) : failed(subject, rest);
}

/** First line of `--version`, without the program's name. */
async function readToolVersion(path: string): Promise<string> {
  const { stdout } = await createExec()(path, ['--version'], { timeoutMs: 10_000 });
  return (stdout.split('\n')[0] ?? '').replace(/^\S+ version /, '');
}

/** Has crun run a container of a foreign root file system, on the emulated lane. */
async function checkCrun(
  context: DoctorContext,
  root: string,
  platform: Platform,
  kind: 'native' | 'emulated',
): Promise<Check> {
  const crun = await findTool('crun');
  if (crun === undefined) return missing(CRUN);
  let lane: Lane | undefined;
  try {
    lane = await openProbeLane(context, kind);
    const said = await probe(
      lane,
      { kind: 'image', reference: `dir:${root}` },
      { kind: 'run', argv: [TINY_PROGRAM, '--version'] },
    );
    if (said.trim() === '') throw new Error('the container says nothing');
    return passed(CRUN, `${await readToolVersion(crun)} ran a ${platform} container (${crun})`);
  } catch (error) {
    return failed(CRUN, { found: reasonOf(error), effect: effectOf(CRUN), fix: adviceOf(error) });
  } finally {
    await lane?.close();
  }
}

/**
 * Has umoci unpack an image as lanes do. On the native lane, so that this does not hang on QEMU; with
 * a cache of its own, so that what was unpacked earlier is not taken for an answer.
 */
async function checkUmoci(context: DoctorContext, layout: string): Promise<Check> {
  const umoci = await findTool('umoci');
  if (umoci === undefined) return missing(UMOCI);
  let lane: Lane | undefined;
  try {
    lane = await openProbeLane(context, 'native', { cacheDir: join(context.workDir, 'cache') });
    await lane.prepare({ kind: 'image', reference: `oci:${layout}:${TINY_TAG}` });
  } catch (error) {
    // After unpacking, the lane looks for crun, which has a check of its own.
    const unpacked = error instanceof ArchParityError && error.code === 'TOOL_MISSING';
    if (!unpacked)
      return failed(UMOCI, {
        found: reasonOf(error),
        effect: effectOf(UMOCI),
        fix: adviceOf(error),
      });
  } finally {
    await lane?.close();
  }
  return passed(UMOCI, `${await readToolVersion(umoci)} unpacked an image (${umoci})`);
}

/** Has skopeo copy an image, with the flags that are used for archives. */
async function checkSkopeo(layout: string, target: string): Promise<Check> {
  const skopeo = await findTool('skopeo');
  if (skopeo === undefined) return missing(SKOPEO);
  const words = [
    '--insecure-policy',
    'copy',
    '--quiet',
    `oci:${layout}:${TINY_TAG}`,
    `dir:${target}`,
  ];
  const result = await createExec()(skopeo, words, { timeoutMs: 30_000 });
  if (result.exitCode === 0)
    return passed(SKOPEO, `${await readToolVersion(skopeo)} copied an image (${skopeo})`);
  const said = result.stderr.trim().split('\n').at(-1) ?? '';
  return warned(SKOPEO, { found: `it could not copy an image: ${said}`, effect: effectOf(SKOPEO) });
}

export interface ImagePreconditions {
  readonly isolated: boolean;
  readonly emulatorWorks: boolean;
}

/** Runs, unpacks and copies a tiny image that holds the agent. */
export async function checkImages(
  context: DoctorContext,
  { isolated, emulatorWorks }: ImagePreconditions,
): Promise<Check[]> {
  const { workDir, host, platform } = context;
  const own = findAgent(host);
  if (own === undefined)
    return [CRUN, UMOCI, SKOPEO].map((subject) =>
      notTried(subject, 'there is no agent', effectOf(subject)),
    );
  // A platform that we ship no agent for is tried with our own: crun does not know the difference.
  const foreign = findAgent(platform);
  const root = join(workDir, 'root');
  const ownRoot = join(workDir, 'own-root');
  const layout = join(workDir, 'layout');
  await makeTinyRoot(root, foreign ?? own);
  await makeTinyRoot(ownRoot, own);
  await makeTinyLayout(layout, ownRoot, host);
  const needsLane = async (subject: CheckSubject, check: () => Promise<Check>): Promise<Check> => {
    if ((await findTool(subject.id)) === undefined) return missing(subject);
    if (!isolated) return notTried(subject, 'there are no user namespaces', effectOf(subject));
    return check();
  };
  const crun = await needsLane(CRUN, async () => {
    if (!emulatorWorks) return notTried(CRUN, 'there is no working emulator', effectOf(CRUN));
    return foreign === undefined
      ? checkCrun(context, root, host, 'native')
      : checkCrun(context, root, platform, 'emulated');
  });
  const umoci = await needsLane(UMOCI, () => checkUmoci(context, layout));
  return [crun, umoci, await checkSkopeo(layout, join(workDir, 'copy'))];
}
