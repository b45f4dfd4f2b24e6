import { join } from 'node:path';
import { agentPath } from '../../agent/index.ts';
import { ArchParityError, type Platform } from '../../core/index.ts';
import type { Lane } from '../../lanes/index.ts';
import { createExec, findTool, requireTool } from '../../process/index.ts';
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
  type Fix,
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
async function readToolVersion(tool: string): Promise<string> {
  const path = await requireTool(tool);
  const { stdout } = await createExec()(path, ['--version'], { timeoutMs: 10_000 });
  return `${(stdout.split('\n')[0] ?? '').replace(/^\S+ version /, '')} (${path})`;
}

/** What crun is to run, and where. */
interface CrunTrial {
  readonly lane: 'native' | 'emulated';
  readonly platform: Platform;
  readonly root: string;
  readonly otherwise: Fix | undefined;
}

/** Has crun run a container of a root file system that holds the agent. */
async function checkCrun(context: DoctorContext, trial: CrunTrial): Promise<Check> {
  let lane: Lane | undefined;
  try {
    lane = await openProbeLane(context, trial.lane);
    const said = await probe(
      lane,
      { kind: 'image', reference: `dir:${trial.root}` },
      { kind: 'run', argv: [TINY_PROGRAM, '--version'] },
    );
    if (said.trim() === '') throw new Error('the container says nothing');
    return passed(CRUN, `${await readToolVersion('crun')} ran a ${trial.platform} container`);
  } catch (error) {
    const fix = adviceOf(error) ?? trial.otherwise;
    return failed(CRUN, { found: reasonOf(error), effect: effectOf(CRUN), fix });
  } finally {
    await lane?.close();
  }
}

/**
 * Has umoci unpack an image as lanes do. On the native lane, so that this does not hang on QEMU; with
 * a cache of its own, so that what was unpacked earlier is not taken for an answer.
 */
async function checkUmoci(context: DoctorContext, layout: string): Promise<Check> {
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
  return passed(UMOCI, `${await readToolVersion('umoci')} unpacked an image`);
}

/** Has skopeo copy an image, with the flags that are used for archives. */
async function checkSkopeo(layout: string, target: string): Promise<Check> {
  const words = [
    '--insecure-policy',
    'copy',
    '--quiet',
    `oci:${layout}:${TINY_TAG}`,
    `dir:${target}`,
  ];
  const result = await createExec()(await requireTool('skopeo'), words, {
    timeoutMs: 30_000,
    // It notes in the data directory where it saw which layer.
    env: { XDG_DATA_HOME: target },
  });
  if (result.exitCode === 0) {
    return passed(SKOPEO, `${await readToolVersion('skopeo')} copied an image`);
  }
  const said = result.stderr.trim().split('\n').at(-1) ?? '';
  return warned(SKOPEO, { found: `it could not copy an image: ${said}`, effect: effectOf(SKOPEO) });
}

export interface ImagePreconditions {
  readonly isolated: boolean;
  /** Whether the emulated lane takes images; crun is tried on the native one otherwise. */
  readonly emulatedLaneRunsImages: boolean;
  /** What to do when crun fails and does not say why. */
  readonly otherwise: Fix | undefined;
}

interface TinyImages {
  readonly foreignRoot: string | undefined;
  readonly ownRoot: string;
  readonly layout: string;
}

async function makeTinyImages({ workDir, host, platform }: DoctorContext): Promise<TinyImages> {
  const own = agentPath(host);
  const foreign = findAgent(platform);
  const foreignRoot = foreign === undefined ? undefined : join(workDir, 'root');
  const ownRoot = join(workDir, 'own-root');
  const layout = join(workDir, 'layout');
  if (foreign !== undefined && foreignRoot !== undefined) await makeTinyRoot(foreignRoot, foreign);
  await makeTinyRoot(ownRoot, own);
  await makeTinyLayout(layout, ownRoot, host);
  return { foreignRoot, ownRoot, layout };
}

/** Runs, unpacks and copies a tiny image that holds the agent. */
export async function checkImages(
  context: DoctorContext,
  { isolated, emulatedLaneRunsImages, otherwise }: ImagePreconditions,
): Promise<Check[]> {
  const { workDir, host, platform } = context;
  let images: TinyImages;
  try {
    images = await makeTinyImages(context);
  } catch (error) {
    return [CRUN, UMOCI, SKOPEO].map((subject) =>
      notTried(subject, reasonOf(error), effectOf(subject)),
    );
  }
  const { foreignRoot, ownRoot, layout } = images;
  const tryTool = async (
    subject: CheckSubject,
    needsNamespaces: boolean,
    check: () => Promise<Check>,
  ): Promise<Check> => {
    if (findTool(subject.id) === undefined) return missing(subject);
    if (needsNamespaces && !isolated) {
      return notTried(subject, 'there are no user namespaces', effectOf(subject));
    }
    return check();
  };
  // A platform that we ship no agent for is tried with our own: crun does not know the difference.
  const trial: CrunTrial =
    emulatedLaneRunsImages && foreignRoot !== undefined
      ? { lane: 'emulated', platform, root: foreignRoot, otherwise }
      : { lane: 'native', platform: host, root: ownRoot, otherwise };
  return [
    await tryTool(CRUN, true, () => checkCrun(context, trial)),
    await tryTool(UMOCI, true, () => checkUmoci(context, layout)),
    await tryTool(SKOPEO, false, () => checkSkopeo(layout, join(workDir, 'copy'))),
  ];
}
