import { ArchParityError, platformFacts, usageError, type Platform } from '../../core/index.ts';
import { findQemu, inspectQemu, placeWitness } from '../../lanes/index.ts';
import { createExec } from '../../process/index.ts';
import type { BisectAxis, Candidate, QemuProgram } from './bisect-report.ts';
import { findQemus, type QemuSearch } from './find-qemus.ts';
import { listFeatures } from './list-features.ts';
import { shortVersion } from './qemu-version.ts';
import type { SearchOptions } from './search-changes.ts';

export interface CandidateRequest extends QemuSearch {
  readonly by: BisectAxis;
  readonly platform: Platform;
  /** `by` qemu and feature: at most one model; cpu: the models to try, none = all that QEMU knows. */
  readonly cpus: readonly string[];
  /** `sve`, `sve=off` or `pauth-impdef=on`; none = those that are known. */
  readonly features: readonly string[];
  /** Every candidate is tried. */
  readonly all: boolean;
}

/** What to try, in which order, and how to search in it. */
export interface CandidatePlan {
  readonly candidates: readonly Candidate[];
  readonly strategy: SearchOptions<unknown>['strategy'];
  /** With `by: feature`: the settings that are added one after the other, from the second candidate on. */
  readonly settings: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Lists the emulators that a case is tried on.
 * @throws ArchParityError `USAGE`, `QEMU_…`, `CPU_UNKNOWN` (exit 2)
 */
export async function planCandidates(request: CandidateRequest): Promise<CandidatePlan> {
  const { by, cpus, features } = request;
  if (by !== 'cpu' && cpus.length > 1)
    throw usageError(
      'USAGE',
      `With --by ${by} there is one --cpu.`,
      'Compare models with --by cpu.',
    );
  if (by !== 'feature' && features.length > 0)
    throw usageError('USAGE', '--feature goes with --by feature.');
  switch (by) {
    case 'qemu':
      return planVersions(request);
    case 'cpu':
      return planModels(request);
    case 'feature':
      return planFeatures(request);
  }
}

async function planVersions(request: CandidateRequest): Promise<CandidatePlan> {
  const { platform, cpus, all } = request;
  const { qemus, notes } = await findQemus(platform, request);
  const cpu = cpus[0] ?? commonCpu(qemus, platform);
  const labels = uniqueLabels(qemus);
  return {
    candidates: qemus.map((qemu, index) => ({
      label: labels[index] ?? qemu.path,
      qemu,
      ...(cpu === undefined ? {} : { cpu }),
    })),
    strategy: all ? 'all' : 'halve',
    settings: [],
    notes,
  };
}

/** One model for all versions: what changes shall not come of another model. */
function commonCpu(qemus: readonly QemuProgram[], platform: Platform): string | undefined {
  return platformFacts(platform).fastCpus.find((model) =>
    qemus.every(({ cpus }) => cpus.includes(model.split(',')[0] ?? model)),
  );
}

function uniqueLabels(qemus: readonly QemuProgram[]): readonly string[] {
  const shorts = qemus.map(({ version }) => shortVersion(version));
  return qemus.map(({ path }, index) => {
    const short = shorts[index] ?? path;
    return shorts.filter((other) => other === short).length > 1 ? `${short} (${path})` : short;
  });
}

async function planModels(request: CandidateRequest): Promise<CandidatePlan> {
  const qemu = await oneQemu(request);
  const works = await createCpuCheck(qemu, request);
  const models = request.cpus.length > 0 ? request.cpus : qemu.cpus;
  const usable = await keepWorking(models, works);
  const refused = request.cpus.filter((model) => !usable.includes(model));
  return {
    candidates: usable.map((cpu) => ({ label: cpu, qemu, cpu })),
    strategy: 'all',
    settings: [],
    notes: refused.map(
      (model) => `QEMU ${shortVersion(qemu.version)} does not take the model ${model}`,
    ),
  };
}

async function planFeatures(request: CandidateRequest): Promise<CandidatePlan> {
  const qemu = await oneQemu(request);
  const works = await createCpuCheck(qemu, request);
  const base = request.cpus[0] ?? 'max';
  if (!(await works(base)))
    throw usageError(
      'CPU_UNKNOWN',
      `QEMU ${shortVersion(qemu.version)} does not take the CPU model "${base}".`,
      `See ${qemu.path} -cpu help`,
    );
  const given = request.features.map((text) => (text.includes('=') ? text : `${text}=off`));
  const wanted = given.length > 0 ? given : await knownFeatures(qemu, request);
  const settings: string[] = [];
  // One that QEMU refuses beside the others is left out; the next may go with them.
  for (const setting of wanted)
    if (await works([base, ...settings, setting].join(','))) settings.push(setting);
  const refused = given.filter((setting) => !settings.includes(setting));
  const cpus = [base, ...settings.map((_, at) => [base, ...settings.slice(0, at + 1)].join(','))];
  return {
    candidates: cpus.map((cpu) => ({ label: cpu, qemu, cpu })),
    strategy: request.all ? 'all' : 'first',
    settings,
    notes: refused.map(
      (each) => `QEMU ${shortVersion(qemu.version)} does not take ${base},${each}`,
    ),
  };
}

/** The one QEMU whose models are tried. */
async function oneQemu(request: CandidateRequest): Promise<QemuProgram> {
  const { platform, programs, cacheDir, logger } = request;
  if (programs.length > 0) {
    const { qemus } = await findQemus(platform, request);
    const [only, other] = qemus;
    if (only !== undefined && other === undefined) return only;
    throw usageError(
      'USAGE',
      `With --by ${request.by} there is one QEMU.`,
      'Name one program: --qemu PATH',
    );
  }
  const path = await findQemu(platform);
  const { version, cpus } = await inspectQemu(path, platform, {
    cacheDir,
    ...(logger === undefined ? {} : { logger }),
  });
  return { version, path, origin: 'PATH', cpus };
}

type CpuCheck = (cpu: string) => Promise<boolean>;

/** Whether a minimal program runs on a CPU: some models have no user mode, some features cannot be switched. */
async function createCpuCheck(
  { path }: QemuProgram,
  { platform, cacheDir, cancelSignal, logger }: CandidateRequest,
): Promise<CpuCheck> {
  const logged = logger === undefined ? {} : { logger };
  const witness = await placeWitness(platform, { cacheDir, ...logged });
  const exec = createExec(logged);
  return async (cpu) => {
    const { exitCode } = await exec(path, ['-cpu', cpu, witness], {
      timeoutMs: 20_000,
      input: '',
      cancelSignal,
    });
    cancelSignal.throwIfAborted();
    return exitCode === 0;
  };
}

async function keepWorking(models: readonly string[], works: CpuCheck): Promise<readonly string[]> {
  const kept: string[] = [];
  for (const model of new Set(models)) if (await works(model)) kept.push(model);
  return kept;
}

async function knownFeatures(
  qemu: QemuProgram,
  request: CandidateRequest,
): Promise<readonly string[]> {
  const { platform } = request;
  const { cpuFeatures } = platformFacts(platform);
  const names = cpuFeatures ?? (await listFeatures(qemu, request));
  if (names.length === 0)
    throw new ArchParityError({
      code: 'FEATURES_UNKNOWN',
      message: `QEMU ${shortVersion(qemu.version)} lists no features of the CPUs of ${platform}.`,
      advice: 'Name them: --feature NAME',
      exitCode: 2,
    });
  return names.map((name) => `${name}=off`);
}
