import {
  findPlatform,
  platformFacts,
  type Platform,
  type SourcePosition,
} from '../../core/index.ts';
import type { FileRemark, ImageUse } from './image-use.ts';
import type { Dockerfile, DockerfileStage, NamedImage } from './read-dockerfile.ts';
import { replaceVariables } from './replace-variables.ts';

export interface BuildOptions {
  readonly file: string;
  /** What is built for. */
  readonly platforms: readonly Platform[];
  /** Where the build runs: the platform of `$BUILDPLATFORM`. */
  readonly buildPlatform: Platform;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Name of the stage to be built; absent = the last. */
  readonly target?: string;
  /** Whether each machine may build for itself, so that its platform is `$BUILDPLATFORM` there. */
  readonly mayBuildElsewhere?: boolean;
  /** Before `stage NAME`, e.g. the service that is built. */
  readonly prefix?: string;
}

/** The images that a build needs, and what in the file makes its result a wrong one. */
export interface PlannedBuild {
  readonly uses: readonly ImageUse[];
  readonly remarks: readonly FileRemark[];
}

/** A stage with its variables replaced for one target platform. */
interface ResolvedStage {
  readonly stage: DockerfileStage;
  readonly index: number;
  readonly base: string;
  /** What it is built on; `undefined` when `--platform` names none that is known. */
  readonly platform: Platform | undefined;
  readonly unset: readonly string[];
}

/** Finds the images that the stages of a Dockerfile need, of those stages that the result is made of. */
export function planBuild(dockerfile: Dockerfile, options: BuildOptions): PlannedBuild {
  const uses = new Map<string, ImageUse & { mayRunOn: Platform[] }>();
  const remarks = new Map<string, FileRemark>();
  const at = (line: number): SourcePosition => ({ file: options.file, line, column: 1 });
  const remark = (line: number, severity: FileRemark['severity'], message: string): void =>
    void remarks.set(`${String(line)} ${message}`, { position: at(line), severity, message });
  const use = (
    image: string,
    line: number,
    { name, platform }: { name: string; platform: Platform },
  ): void => {
    const key = `${String(line)} ${image}`;
    const known = uses.get(key);
    if (known === undefined)
      uses.set(key, {
        position: at(line),
        user: `${options.prefix ?? ''}${name}`,
        image,
        mayRunOn: [platform],
      });
    else if (!known.mayRunOn.includes(platform)) known.mayRunOn.push(platform);
  };

  for (const target of options.platforms) {
    const stages = dockerfile.stages.map((stage, index) =>
      resolveStage(stage, index, variablesFor(dockerfile, target, options)),
    );
    const final = findStage(stages, options.target) ?? stages.at(-1);
    if (final === undefined) continue;
    for (const { stage, index, base, platform, unset } of reachable(stages, final)) {
      const name = `stage ${stage.name ?? String(index)}`;
      if (unset.length > 0) {
        const names = unset.join(', ');
        remark(
          stage.base.line,
          'warning',
          `${name}: ${names} has no value, so its image is not known (--build-arg)`,
        );
        continue;
      }
      if (platform === undefined) {
        remark(
          stage.base.line,
          'warning',
          `${name}: the platform "${stage.platform ?? ''}" is not known`,
        );
        continue;
      }
      if (platform !== target && base !== 'scratch') {
        const isResult = isFinalBase(stages, final, index);
        const judged = judgeForeignStage(stage, { ...options, platform, target, isResult });
        if (judged !== undefined)
          remark(stage.base.line, judged.severity, `${name} ${judged.message}`);
      }
      const earlier = stages.slice(0, index);
      if (findStage(earlier, base) === undefined && base !== 'scratch')
        use(base, stage.base.line, { name, platform });
      for (const source of externalSources(stage, stages))
        use(source.text, source.line, { name: `${name}, copied from`, platform });
    }
  }
  return { uses: [...uses.values()], remarks: [...remarks.values()] };
}

/** What is wrong with a stage that has another platform than what is built. */
function judgeForeignStage(
  stage: DockerfileStage,
  {
    platform,
    target,
    isResult,
    buildPlatform,
    mayBuildElsewhere = false,
  }: Pick<BuildOptions, 'buildPlatform' | 'mayBuildElsewhere'> & {
    readonly platform: Platform;
    readonly target: Platform;
    /** Whether the result stands on it. */
    readonly isResult: boolean;
  },
): Pick<FileRemark, 'severity' | 'message'> | undefined {
  // A constant, and not a variable that follows the build.
  const isPinned = stage.platform?.includes('$') === false;
  if (isResult) {
    const how = isPinned ? `is pinned to ${platform}` : `stands on ${stage.platform ?? platform}`;
    const when = mayBuildElsewhere && !isPinned ? ` when it is built on ${platform}` : '';
    return {
      severity: when === '' ? 'error' : 'warning',
      message: `${how}, so the image for ${target} holds programs for ${platform}${when}`,
    };
  }
  if (!isPinned || platform === buildPlatform) return undefined;
  return { severity: 'note', message: `is pinned to ${platform}: it runs emulated` };
}

/** Whether the final stage stands on this one. */
function isFinalBase(
  stages: readonly ResolvedStage[],
  final: ResolvedStage,
  index: number,
): boolean {
  for (let at: ResolvedStage | undefined = final; at !== undefined;) {
    if (at.index === index) return true;
    at = findStage(stages.slice(0, at.index), at.base);
  }
  return false;
}

/** The stages that a build of `final` runs; BuildKit leaves out all others. */
function reachable(stages: readonly ResolvedStage[], final: ResolvedStage): ResolvedStage[] {
  const seen = new Set<ResolvedStage>();
  const pending = [final];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const earlier = stages.slice(0, next.index);
    const names = [next.base, ...next.stage.sources.map(({ text }) => text)];
    for (const name of names) {
      const stage = findStage(earlier, name);
      if (stage !== undefined) pending.push(stage);
    }
  }
  return stages.filter((stage) => seen.has(stage));
}

function externalSources(
  stage: DockerfileStage,
  stages: readonly ResolvedStage[],
): readonly NamedImage[] {
  return stage.sources.filter(
    ({ text }) => findStage(stages, text) === undefined && !text.includes('$'),
  );
}

/** A stage by its name or number; of two with one name the later. */
function findStage(
  stages: readonly ResolvedStage[],
  name: string | undefined,
): ResolvedStage | undefined {
  if (name === undefined) return undefined;
  const named = stages.findLast(({ stage }) => stage.name === name.toLowerCase());
  return named ?? (/^\d+$/.test(name) ? stages[Number(name)] : undefined);
}

function resolveStage(
  stage: DockerfileStage,
  index: number,
  variables: ReadonlyMap<string, string>,
): ResolvedStage {
  const valueOf = (name: string): string | undefined => variables.get(name);
  const base = replaceVariables(stage.base.text, valueOf);
  const platform = replaceVariables(stage.platform ?? '$TARGETPLATFORM', valueOf);
  return {
    stage,
    index,
    base: base.text,
    platform: findPlatform(platform.text),
    unset: [...base.unset, ...platform.unset],
  };
}

/**
 * What `FROM` may use: global ARGs, and the platform words that BuildKit sets by itself.
 * Source: Dockerfile reference, "Automatic platform ARGs in the global scope".
 */
function variablesFor(
  { globalArgs }: Dockerfile,
  target: Platform,
  { buildArgs, buildPlatform }: BuildOptions,
): ReadonlyMap<string, string> {
  const variables = new Map([
    ...platformWords('TARGET', target),
    ...platformWords('BUILD', buildPlatform),
  ]);
  for (const { name, value } of globalArgs) {
    const given = buildArgs[name];
    if (given !== undefined) variables.set(name, given);
    else if (value !== undefined)
      variables.set(name, replaceVariables(value, (other) => variables.get(other)).text);
  }
  return variables;
}

function platformWords(prefix: string, platform: Platform): [string, string][] {
  const { oci } = platformFacts(platform);
  return [
    [`${prefix}PLATFORM`, platform],
    [`${prefix}OS`, platform.split('/')[0] ?? ''],
    [`${prefix}ARCH`, oci.architecture],
    [`${prefix}VARIANT`, oci.variant ?? ''],
  ];
}
