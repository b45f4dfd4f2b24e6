import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { asMap, isMap, usageError } from '../../core/index.ts';
import { recogniseForeign } from '../../suite/index.ts';
import { isComposeFile } from '../inspect/read-compose.ts';
import { readDocuments } from '../inspect/read-documents.ts';
import { isKubernetesObject } from '../inspect/read-kubernetes.ts';
import { findLayouts } from './find-layouts.ts';
import { findPrograms } from './find-programs.ts';
import { findRecipes, type ComposeFile } from './find-recipes.ts';
import { listFiles, type ListedFile } from './list-files.ts';
import type { CiSystem, FoundDeployment, FoundTests, Repository } from './repository.ts';

/** A larger file is data, and no configuration. */
const LARGEST_YAML = 512 * 1024;

/**
 * Looks through a repository for what can be tested. Nothing of it is executed.
 * @throws ArchParityError `INIT_NO_DIRECTORY` (exit 2)
 */
export async function surveyRepository(root: string, cacheDir: string): Promise<Repository> {
  const facts = await stat(root).catch(() => undefined);
  if (facts?.isDirectory() !== true)
    throw usageError('INIT_NO_DIRECTORY', `${root} is no directory.`, 'Name the repository.');
  const files = await listFiles(root);
  const yaml = await readYamlFiles(root, files);
  const ci = await findCi(root, files);
  const buildCommand = findBuildCommand(files);
  return {
    name: basename(root),
    programs: findPrograms(root, files),
    layouts: await findLayouts(root, files, cacheDir),
    recipes: await findRecipes(root, files, yaml.composeFiles),
    tests: yaml.tests,
    deployments: yaml.deployments,
    ...(ci === undefined ? {} : { ci }),
    hasGitlabFile: files.some(({ path }) => path === '.gitlab-ci.yml'),
    branch: await findBranch(root),
    ...(buildCommand === undefined ? {} : { buildCommand }),
  };
}

interface YamlFiles {
  readonly composeFiles: readonly ComposeFile[];
  readonly deployments: readonly FoundDeployment[];
  readonly tests: readonly FoundTests[];
}

async function readYamlFiles(root: string, files: readonly ListedFile[]): Promise<YamlFiles> {
  const composeFiles: ComposeFile[] = [];
  const deployments: FoundDeployment[] = [];
  const tests: FoundTests[] = [];
  for (const { path, name } of files) {
    if (!/\.(?:ya?ml|json)$/.test(name) || /^\.(?:github|gitlab)/.test(path)) continue;
    const text = await readSmall(join(root, path));
    if (text === undefined) continue;
    const format = recogniseForeign(text, path);
    // Keys of goss are common words: only its usual names are believed.
    if (format === 'container-structure-test' || (format === 'goss' && /goss/i.test(name)))
      tests.push({ path, format });
    else if (/\.ya?ml$/.test(name)) {
      const values = readValues(text, path);
      const compose = values.find(isComposeFile);
      if (compose !== undefined) {
        composeFiles.push({ path, services: asMap(asMap(compose)['services']) });
        deployments.push({ path, kind: 'compose' });
      } else if (values.some(isWorkload)) deployments.push({ path, kind: 'kubernetes' });
    }
  }
  return { composeFiles, deployments, tests };
}

/** A file that may not be read has nothing for us. */
async function readSmall(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    return size > LARGEST_YAML ? undefined : await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The documents of a file; none for templates and what else is no YAML. */
function readValues(text: string, path: string): readonly unknown[] {
  try {
    return readDocuments(text, path).map(({ value }) => value);
  } catch {
    return [];
  }
}

/** An object of Kubernetes that starts containers, and no configuration that only looks like one. */
function isWorkload(value: unknown): boolean {
  return (
    isKubernetesObject(value) &&
    isMap(value) &&
    /^(?:Pod|Deployment|StatefulSet|DaemonSet|ReplicaSet|Job|CronJob|List)$/.test(
      String(value['kind']),
    )
  );
}

/** By the files of a system; else by where git pushes to. */
async function findCi(root: string, files: readonly ListedFile[]): Promise<CiSystem | undefined> {
  if (files.some(({ path }) => path.startsWith('.github/workflows/'))) return 'github';
  if (files.some(({ path }) => path === '.gitlab-ci.yml')) return 'gitlab';
  const config = await readFile(join(root, '.git/config'), 'utf8').catch(() => '');
  const host = /^\s*url\s*=\s*(.*)$/m.exec(config)?.[1] ?? '';
  return host.includes('github') ? 'github' : host.includes('gitlab') ? 'gitlab' : undefined;
}

async function findBranch(root: string): Promise<string> {
  const head = await readFile(join(root, '.git/HEAD'), 'utf8').catch(() => '');
  return /^ref: refs\/heads\/(\S+)/.exec(head)?.[1] ?? 'main';
}

const BUILDS = [
  [/^\.goreleaser\.ya?ml$/, 'goreleaser build --snapshot --clean'],
  [/^(?:GNU)?[Mm]akefile$/, 'make'],
] as const;

/** What builds the programs, where a file at the top says so. */
function findBuildCommand(files: readonly ListedFile[]): string | undefined {
  return BUILDS.find(([file]) => files.some(({ path }) => file.test(path)))?.[1];
}
