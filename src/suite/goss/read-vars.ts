import { readFileSync } from 'node:fs';
import { errorMessage, usageError } from '../../core/index.ts';
import { isMapping } from '../mistake.ts';
import { readYaml } from '../read-yaml.ts';
import type { TemplateMapping, TemplateValue } from './template/template-value.ts';

/**
 * The variables of files, YAML or JSON; of two with one name the later file's counts.
 * @throws ArchParityError `VARS_INVALID` (exit 2)
 */
export function readVars(files: readonly string[]): TemplateMapping {
  return Object.assign({}, ...files.map(readVarsFile)) as TemplateMapping;
}

function readVarsFile(file: string): TemplateMapping {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw usageError(
      'VARS_INVALID',
      `The file of variables ${file} cannot be read: ${errorMessage(cause)}.`,
    );
  }
  const reading = readYaml(text, file, { merge: true });
  if ('diagnostics' in reading) {
    const [first] = reading.diagnostics;
    const place =
      first === undefined ? file : `${file}:${first.position.line}:${first.position.column}`;
    throw usageError('VARS_INVALID', `${place}: ${first?.message ?? 'it is no YAML'}.`);
  }
  const value = reading.value ?? {};
  if (isMapping(value)) return value as Readonly<Record<string, TemplateValue>>;
  throw usageError('VARS_INVALID', `The file of variables ${file} is no mapping.`);
}
