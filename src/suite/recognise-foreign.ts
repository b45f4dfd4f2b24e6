import { asMap, type Suite } from '../core/index.ts';
import { readKeysInAnyCase } from './cst/json-keys.ts';
import { RESOURCES } from './goss/resources.ts';
import { isMapping } from './mistake.ts';
import { readYaml } from './read-yaml.ts';

const KEY = [...Object.keys(RESOURCES), 'gossfile'].join('|');
/** A resource's kind at the left margin. */
const HAS_RESOURCE = new RegExp(`^(?:"(?:${KEY})"|'(?:${KEY})'|(?:${KEY}))\\s*:`, 'm');
const HAS_RESOURCE_IN_JSON = new RegExp(`^\\s*\\{\\s*"(?:${KEY})"\\s*:`);

/** Whether a text is a file of goss: it may be a template, which is no YAML yet. */
export function isGossfile(text: string): boolean {
  if (/^["']?(?:version|cases|schemaVersion)["']?\s*:/m.test(text)) return false;
  return HAS_RESOURCE.test(text) || HAS_RESOURCE_IN_JSON.test(text);
}

/** Keys of which a file of container-structure-test has at least one. */
const TEST_KEYS = [
  'commandTests',
  'fileExistenceTests',
  'fileContentTests',
  'metadataTest',
  'licenseTests',
];

/** Whether data is a configuration of container-structure-test; in JSON its keys may be written in any case. */
function isStructureTest(written: unknown): boolean {
  const root = readKeysInAnyCase(written);
  return (
    isMapping(root) &&
    !Object.hasOwn(root, 'version') &&
    ['schemaVersion', ...TEST_KEYS].some((key) => Object.hasOwn(root, key))
  );
}

/** Whose format a text of YAML or JSON has; `undefined` for a suite of ours, and for all else. */
export function recogniseForeign(text: string, file: string): Suite['format'] {
  if (isGossfile(text)) return 'goss';
  const reading = readStructureTest(text, file);
  // Of manifests and indexes of images it is a number.
  const isTest = reading !== undefined && typeof asMap(reading.value)['schemaVersion'] === 'string';
  return isTest ? 'container-structure-test' : undefined;
}

/** A configuration of container-structure-test as it is written; `undefined` for all else. */
export function readStructureTest(text: string, file: string) {
  // Most suites are none of these, and big ones are read in pieces.
  if (
    !/(?:schemaVersion|(?:command|fileExistence|fileContent|metadata|license)Tests?)["']?\s*:/i.test(
      text,
    )
  )
    return undefined;
  const reading = readYaml(text, file, { merge: true });
  return 'diagnostics' in reading || !isStructureTest(reading.value) ? undefined : reading;
}
