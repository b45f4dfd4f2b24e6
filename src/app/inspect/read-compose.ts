import { dirname, join, relative, resolve } from 'node:path';
import {
  findPlatform,
  runsNatively,
  type Platform,
  type SourcePosition,
  asMap,
  asText,
  asTexts,
  isMap,
  type LooseMap,
} from '../../core/index.ts';
import type { Deployment, FileRemark, ImageUse } from './image-use.ts';
import { planBuild } from './plan-build.ts';
import type { YamlDocument } from './read-documents.ts';
import { readDockerfile } from './read-dockerfile.ts';
import { readInput } from './read-input.ts';
import { replaceVariables } from './replace-variables.ts';

export interface ComposeOptions {
  readonly file: string;
  /** Absolute: what paths in it are relative to. */
  readonly directory: string;
  /** Of the machines that it may be started on. */
  readonly platforms: readonly Platform[];
  readonly buildPlatform: Platform;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** What `${NAME}` stands for: the environment above the `.env` file. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** A service with what is found about it. */
interface Service {
  readonly name: string;
  readonly service: LooseMap;
  readonly position: SourcePosition;
  readonly mayRunOn: readonly Platform[];
}

/** `uname -m` names in the constraints of Swarm; they name a platform as every other spelling. */
const ARCH_CONSTRAINT = /^node\.platform\.arch\s*(==|!=)\s*(\S+)$/;

/** Whether a document is a compose file. */
export function isComposeFile(value: unknown): boolean {
  return isMap(value) && isMap(value['services']);
}

/**
 * The images of a compose file's services, and of the Dockerfiles that it builds.
 * Source: compose-spec `05-services.md`, `build.md`.
 */
export async function readCompose(
  document: YamlDocument,
  options: ComposeOptions,
): Promise<Deployment> {
  const uses: ImageUse[] = [];
  const remarks: FileRemark[] = [];
  const valueOf = (name: string): string | undefined => options.variables[name];
  for (const [name, value] of Object.entries(asMap(asMap(document.value)['services']))) {
    const service = asMap(value);
    const position = document.locate(['services', name, 'image']);
    const text = replaceVariables(asText(service['image']) ?? '', valueOf);
    const pinned = replaceVariables(asText(service['platform']) ?? '', valueOf).text;
    const remark = (severity: FileRemark['severity'], message: string): void =>
      void remarks.push({ position, severity, message: `service ${name}${message}` });
    const found: Service = {
      name,
      service,
      position,
      mayRunOn: machinesOf(service, pinned, options.platforms),
    };
    remarkPinned(pinned, options.platforms, remark);
    if (service['build'] !== undefined && service['build'] !== null) {
      const built = await readBuild(found, options);
      uses.push(...built.uses);
      remarks.push(...built.remarks);
    } else if (text.unset.length > 0) {
      remark('warning', `: ${text.unset.join(', ')} has no value, so its image is not known`);
    } else if (text.text !== '') {
      uses.push({ position, user: `service ${name}`, image: text.text, mayRunOn: found.mayRunOn });
    } else if (service['extends'] === undefined) {
      remark('warning', ' names no image');
    }
  }
  return { kind: 'compose', uses, remarks };
}

function remarkPinned(
  pinned: string,
  platforms: readonly Platform[],
  remark: (severity: FileRemark['severity'], message: string) => void,
): void {
  if (pinned === '') return;
  const platform = findPlatform(pinned);
  if (platform === undefined) remark('warning', `: the platform "${pinned}" is not known`);
  else {
    const foreign = platforms.filter((machine) => !runsNatively(machine, platform));
    if (foreign.length > 0)
      remark('note', ` is pinned to ${platform}: it runs emulated on ${foreign.join(', ')}`);
  }
}

function machinesOf(
  service: LooseMap,
  pinned: string,
  platforms: readonly Platform[],
): readonly Platform[] {
  if (pinned !== '') {
    const platform = findPlatform(pinned);
    return platform === undefined ? [] : [platform];
  }
  const constraints = asTexts(asMap(asMap(service['deploy'])['placement'])['constraints']);
  return platforms.filter((platform) =>
    constraints.every((constraint) => {
      const [, operator, arch = ''] = ARCH_CONSTRAINT.exec(constraint.trim()) ?? [];
      if (operator === undefined) return true;
      return (findPlatform(arch) === platform) === (operator === '==');
    }),
  );
}

async function readBuild(
  { name, service, position, mayRunOn }: Service,
  options: ComposeOptions,
): Promise<{ readonly uses: readonly ImageUse[]; readonly remarks: readonly FileRemark[] }> {
  const build = isMap(service['build']) ? service['build'] : { context: service['build'] };
  const valueOf = (variable: string): string | undefined => options.variables[variable];
  const replaced = (value: unknown): string | undefined => {
    const text = asText(value);
    return text === undefined ? undefined : replaceVariables(text, valueOf).text;
  };
  const context = resolve(options.directory, replaced(build['context']) ?? '.');
  const path = resolve(context, replaced(build['dockerfile']) ?? 'Dockerfile');
  // As the user wrote the compose file: reports of absolute paths fit one machine.
  const file = join(dirname(options.file), relative(options.directory, path));
  const platforms = asTexts(build['platforms']).flatMap((text) => findPlatform(text) ?? []);
  const target = replaced(build['target']);
  const inline = asText(build['dockerfile_inline']);
  let text: string;
  try {
    text = inline ?? (await readInput(path));
  } catch {
    const message = `service ${name} is built from ${file}, which cannot be read`;
    return { uses: [], remarks: [{ position, severity: 'warning', message }] };
  }
  return planBuild(readDockerfile(text), {
    file: inline === undefined ? file : options.file,
    platforms: platforms.length === 0 ? mayRunOn : platforms,
    buildPlatform: options.buildPlatform,
    mayBuildElsewhere: platforms.length === 0,
    buildArgs: { ...readArgs(build['args'], replaced), ...options.buildArgs },
    prefix: `service ${name}, `,
    ...(target === undefined ? {} : { target }),
  });
}

/** `args` is a mapping, or a list of `NAME=VALUE`. */
function readArgs(
  args: unknown,
  replaced: (value: unknown) => string | undefined,
): Record<string, string> {
  const pairs = isMap(args)
    ? Object.entries(args).map(([key, value]) => [key, replaced(value)] as const)
    : asTexts(args).map((text) => {
        const at = text.indexOf('=');
        return at < 0
          ? ([text, undefined] as const)
          : ([text.slice(0, at), replaced(text.slice(at + 1))] as const);
      });
  return Object.fromEntries(
    pairs.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
