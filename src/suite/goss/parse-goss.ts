import * as z from 'zod';
import type { CaseVariant, FactValue, Platform, Suite } from '../../core/index.ts';
import { invalidLayers, readPlatformLayers, unknownName } from '../file-layers.ts';
import type { ForeignOptions } from '../foreign-options.ts';
import { buildForeignSuite } from '../foreign-suite.ts';
import type { Mistake } from '../mistake.ts';
import { convertResource } from './convert-resource.ts';
import { RESOURCES, resourceSchema, RUNNING_RESOURCES } from './goss-schema.ts';
import { invalidGossfile, readGossfile, type GossResource } from './read-gossfile.ts';

const KEY = [...Object.keys(RESOURCES), ...RUNNING_RESOURCES, 'gossfile'].join('|');
/** A resource's kind at the left margin. */
const HAS_RESOURCE = new RegExp(`^(?:"(?:${KEY})"|'(?:${KEY})'|(?:${KEY}))\\s*:`, 'm');
const HAS_RESOURCE_IN_JSON = new RegExp(`^\\s*\\{\\s*"(?:${KEY})"\\s*:`);

/** Whether a text is a file of goss: it may be a template, which is no YAML yet. */
export function isGossfile(text: string): boolean {
  if (/^["']?(?:version|cases|schemaVersion)["']?\s*:/m.test(text)) return false;
  return HAS_RESOURCE.test(text) || HAS_RESOURCE_IN_JSON.test(text);
}

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
  return buildForeignSuite(
    {
      format: 'goss',
      secrets: [],
      tests: resources.map((resource) => ({
        // A name is one line, whatever the command is.
        name: `${resource.kind} ${resource.id.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()}`,
        tags: [resource.kind],
        position: resource.position,
        ...convertResource(resource),
      })),
      variants: (index) =>
        layered.flatMap(([platform, there]): [Platform, CaseVariant][] => {
          const resource = there[index];
          return resource === undefined ? [] : [[platform, variantOf(resource)]];
        }),
    },
    options,
  );
}

function variantOf(resource: GossResource): CaseVariant {
  const { command, expect, printedFacts, skip } = convertResource(resource);
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
        changes.set(`${kind} ${id}`, (attributes ?? {}) as Readonly<Record<string, FactValue>>);
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
