import { basename, dirname, join, normalize } from 'node:path';
import { asList, asMap, asText, isMap, type LooseMap } from '../../core/index.ts';
import { readDockerfile, type Dockerfile } from '../inspect/read-dockerfile.ts';
import { readInput } from '../inspect/read-input.ts';
import type { ListedFile } from './list-files.ts';
import { readPorts, wellKnownPort } from './ports.ts';
import type { FoundCompanion, FoundRecipe } from './repository.ts';

const DOCKERFILE =
  /^(?:Dockerfile|Containerfile)(?:\.([\w-]+))?$|^([\w-]+)\.(?:Dockerfile|Containerfile)$/i;

/** A compose file after reading. */
export interface ComposeFile {
  readonly path: string;
  readonly services: LooseMap;
}

/** Each Dockerfile with what compose files say of the service that it builds. */
export async function findRecipes(
  root: string,
  files: readonly ListedFile[],
  composeFiles: readonly ComposeFile[],
): Promise<readonly FoundRecipe[]> {
  const found: FoundRecipe[] = [];
  for (const { path, name } of files) {
    const match = DOCKERFILE.exec(name);
    if (match === null || name.endsWith('.dockerignore')) continue;
    const text = await readInput(join(root, path)).catch(() => '');
    const dockerfile = readDockerfile(text);
    if (dockerfile.stages.length === 0) continue;
    const service = findService(path, composeFiles);
    const own = match[1] ?? match[2] ?? directoryName(root, path);
    found.push(describeRecipe(path, dockerfile, { name: own, ...service }));
  }
  return found;
}

function directoryName(root: string, path: string): string {
  const directory = dirname(path);
  return directory === '.' ? basename(root) : basename(directory);
}

interface ServiceFacts {
  readonly name: string;
  readonly context?: string;
  readonly target?: string;
  readonly ports?: readonly number[];
  readonly env?: Readonly<Record<string, string>>;
  readonly companions?: readonly FoundCompanion[];
}

function describeRecipe(
  path: string,
  { stages }: Dockerfile,
  { name, context, target, ports = [], env = {}, companions = [] }: ServiceFacts,
): FoundRecipe {
  const exposed = readPorts(exposedBy(stages, target));
  return {
    name,
    path,
    context: context ?? dirname(path),
    ...(target === undefined ? {} : { target }),
    ports: exposed.length > 0 ? exposed : ports,
    env,
    companions,
    crossBuilds: stages.some(({ platform }) => platform?.includes('BUILDPLATFORM') === true),
  };
}

/** What the last stage, or the one that is built, exposes, with those that it is based on. */
function exposedBy(stages: Dockerfile['stages'], target?: string): readonly string[] {
  const named = (name: string) => stages.find((stage) => stage.name === name.toLowerCase());
  let stage = (target === undefined ? undefined : named(target)) ?? stages.at(-1);
  const exposed: string[] = [];
  const seen = new Set<unknown>();
  while (stage !== undefined && !seen.has(stage)) {
    seen.add(stage);
    exposed.push(...stage.exposed);
    stage = named(stage.base.text);
  }
  return exposed;
}

/** The service of a compose file that a Dockerfile is built for. */
function findService(path: string, composeFiles: readonly ComposeFile[]): ServiceFacts | undefined {
  for (const compose of composeFiles) {
    for (const [name, value] of Object.entries(compose.services)) {
      const service = asMap(value);
      const build = readBuild(service['build']);
      if (build === undefined) continue;
      const context = normalize(join(dirname(compose.path), build.context));
      if (normalize(join(context, build.dockerfile)) !== normalize(path)) continue;
      return {
        name,
        context: context.replace(/\/$/, ''),
        ...(build.target === undefined ? {} : { target: build.target }),
        ports: portsOf(service),
        env: literalEnvironment(service),
        companions: companionsOf(service, compose.services),
      };
    }
  }
  return undefined;
}

interface Build {
  readonly context: string;
  readonly dockerfile: string;
  readonly target?: string;
}

function readBuild(value: unknown): Build | undefined {
  if (typeof value === 'string') return { context: value, dockerfile: 'Dockerfile' };
  if (!isMap(value)) return undefined;
  const target = asText(value['target']);
  return {
    context: asText(value['context']) ?? '.',
    dockerfile: asText(value['dockerfile']) ?? 'Dockerfile',
    ...(target === undefined ? {} : { target }),
  };
}

/** Ports of the container: short and long syntax of `ports`, and `expose`. */
function portsOf(service: LooseMap): readonly number[] {
  const texts = [...asList(service['ports']), ...asList(service['expose'])].flatMap((entry) =>
    isMap(entry) ? (asText(entry['target']) ?? []) : (asText(entry) ?? []),
  );
  return readPorts(texts);
}

/** Variables whose values stand in the file. */
function literalEnvironment(service: LooseMap): Readonly<Record<string, string>> {
  const { environment } = service;
  const pairs = isMap(environment)
    ? Object.entries(environment).map(([name, value]) => [name, asText(value)] as const)
    : asList(environment).map((entry) => {
        const [, name = '', value] = /^([^=]*)=(.*)$/s.exec(asText(entry) ?? '') ?? [];
        return [name, value] as const;
      });
  return Object.fromEntries(
    pairs.flatMap(([name, value]) =>
      name === '' || value === undefined || value.includes('$') ? [] : [[name, value]],
    ),
  );
}

/** The services with images that one depends on, in the file's order. */
function companionsOf(service: LooseMap, services: LooseMap): readonly FoundCompanion[] {
  const depends = service['depends_on'];
  const names = isMap(depends)
    ? Object.keys(depends)
    : asList(depends).flatMap((name) => asText(name) ?? []);
  return names.flatMap((name): FoundCompanion[] => {
    const other = asMap(services[name]);
    const image = asText(other['image']);
    if (image === undefined || image.includes('$')) return [];
    const port = portsOf(other)[0] ?? wellKnownPort(image);
    return [
      { name, image, ...(port === undefined ? {} : { port }), env: literalEnvironment(other) },
    ];
  });
}
