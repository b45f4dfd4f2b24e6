import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import type { CaseVariant, FactValue, Platform, Suite } from '../../core/index.ts';
import { invalidLayers, readPlatformLayers, unknownName } from '../file-layers.ts';
import type { ForeignOptions } from '../foreign-options.ts';
import type { ForeignCase } from '../foreign-case.ts';
import { buildForeignSuite } from '../foreign-suite.ts';
import type { Mistake } from '../mistake.ts';
import { convertResource } from './convert-resource.ts';
import { convertRunning } from './convert-running.ts';
import { divideResources, type GossTest } from './divide-resources.ts';
import { resourceSchema } from './goss-schema.ts';
import { invalidGossfile, readGossfile, type GossResource } from './read-gossfile.ts';
import { RESOURCES } from './resources.ts';

/** What is otherwise on one platform: resources by their keys, with the attributes that differ. */
const platformLayer = z.strictObject(
  Object.fromEntries(
    Object.keys(RESOURCES).map((kind) => [
      kind,
      z.record(z.string(), resourceSchema(kind, { isPart: true })).optional(),
    ]),
  ),
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `what differs on a platform\n${Object.keys(RESOURCES).join(',')}`
        : 'must be a mapping of resources',
  },
);

/**
 * Makes a suite of a file of goss.
 * @throws ArchParityError `GOSSFILE_INVALID` (exit 2) with a diagnostic for every mistake,
 *   `PROJECT_INVALID` (exit 2) for mistakes in what a project lays over it
 */
export function parseGoss(text: string, options: ForeignOptions): Suite {
  const { environment, file, layers, vars } = options;
  const resources = readGossfile(text, file, { environment, vars: vars ?? {} });
  if (resources.length === 0)
    throw invalidGossfile(file, [
      { position: { file, line: 1, column: 1 }, message: 'the file has no tests' },
    ]);
  const layered = layers === undefined ? [] : readLayers(resources, options);
  const awaited = readAwaited(options);
  const tests = divideResources(resources, awaited.length > 0);
  return buildForeignSuite(
    {
      format: 'goss',
      secrets: [],
      tests: tests.map((test) => describeTest(test, awaited)),
      variants: (index) =>
        layered.flatMap(([platform, there]): [Platform, CaseVariant][] => {
          const test = tests[index];
          if (test === undefined) return [];
          const members = test.members.map(
            (resource) => there[resources.indexOf(resource)] ?? resource,
          );
          return [[platform, variantOf({ ...test, members }, awaited)]];
        }),
    },
    options,
  );
}

/** Files that say when a container may be asked (dgoss). */
const WAIT_FILES = ['goss_wait.yaml', 'goss_wait.yml'];

/** What must hold before a container is asked: of the file beside this one. */
function readAwaited({ environment, file, vars }: ForeignOptions): readonly GossResource[] {
  if (WAIT_FILES.includes(path.basename(file))) return [];
  const found = WAIT_FILES.map((name) => path.join(path.dirname(file), name)).find(existsSync);
  if (found === undefined) return [];
  const read = readGossfile(readFileSync(found, 'utf8'), found, { environment, vars: vars ?? {} });
  return read.filter(({ attributes }) => attributes['skip'] !== true);
}

/** The name of the case of what asks a container that runs. */
const RUNNING = 'running';

function describeTest({ members, runs }: GossTest, awaited: readonly GossResource[]): ForeignCase {
  const [first] = members;
  if (first === undefined) throw new TypeError('a case of nothing');
  const { id, kind, position } = first;
  return runs
    ? {
        ...{ name: RUNNING, tags: [RUNNING, ...new Set(members.map((one) => one.kind))], position },
        ...convertRunning(members, awaited),
      }
    : {
        // A name is one line, whatever the command is.
        name: `${kind} ${id.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()}`,
        ...{ tags: [kind], position },
        ...convertResource(first),
      };
}

function variantOf({ members, runs }: GossTest, awaited: readonly GossResource[]): CaseVariant {
  const [first] = members;
  if (runs || first === undefined) return { service: convertRunning(members, awaited).service };
  const { command, expect, printedFacts, skip } = convertResource(first);
  return {
    command,
    expect,
    ...(printedFacts === undefined ? {} : { printedFacts }),
    ...(skip === undefined ? {} : { skip }),
  };
}

/** All resources as they are on each platform that has a layer. */
function readLayers(
  resources: readonly GossResource[],
  { layers }: ForeignOptions,
): (readonly [Platform, readonly GossResource[]])[] {
  if (layers === undefined) return [];
  const mistakes: Mistake[] = [];
  const read = readPlatformLayers(layers, platformLayer).map(({ layer, path: place, platform }) => {
    const changes = new Map<string, Readonly<Record<string, FactValue>>>();
    for (const [kind, entries] of Object.entries(layer)) {
      for (const [id, attributes] of Object.entries(entries ?? {})) {
        const ids = resources.filter((resource) => resource.kind === kind).map((one) => one.id);
        if (!ids.includes(id)) mistakes.push(unknownName(id, ids, [...place, kind, id]));
        changes.set(`${kind} ${id}`, attributes as Readonly<Record<string, FactValue>>);
      }
    }
    const layered = resources.map((resource) => ({
      ...resource,
      attributes: { ...resource.attributes, ...changes.get(`${resource.kind} ${resource.id}`) },
    }));
    return [platform, layered] as const;
  });
  if (mistakes.length > 0) throw invalidLayers(layers, mistakes);
  return read;
}
