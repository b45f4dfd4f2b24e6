import type {
  CheckFailure,
  ConfigExpectation,
  ObservedConfig,
  TextExpectation,
} from '../core/index.ts';
import { checkText } from './check-text.ts';

/**
 * Evaluates an expectation on what an image says about itself.
 * @throws ArchParityError `PATTERN_INVALID` (exit 2)
 */
export function checkConfig(
  config: ObservedConfig | undefined,
  expected: ConfigExpectation,
): CheckFailure[] {
  if (config === undefined)
    return [
      { check: 'config', expected: 'a config to look at', actual: 'this case inspects none' },
    ];
  return [
    ...checkPairs('env', config.env, expected.env),
    ...checkPairs('label', config.labels, expected.labels),
    ...checkList('entrypoint', config.entrypoint, expected.entrypoint),
    ...checkList('cmd', config.cmd, expected.cmd),
    ...checkWord('workdir', config.workdir, expected.workdir),
    ...checkWord('user', config.user, expected.user),
    ...checkMembers('port', config.ports, expected.ports),
    ...checkMembers('volume', config.volumes, expected.volumes),
  ];
}

function checkPairs(
  what: string,
  values: Readonly<Record<string, string>>,
  expected: Readonly<Record<string, TextExpectation | false>> = {},
): CheckFailure[] {
  return Object.entries(expected).flatMap(([name, wanted]): CheckFailure[] => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    const check = `${what} ${name}`;
    if (wanted === false)
      return value === undefined
        ? []
        : [{ check: `${check} is not set`, expected: 'not set', actual: value }];
    if (value === undefined)
      return [{ check: `${check} is set`, expected: 'set', actual: 'not set' }];
    return checkText({ name: check, text: value }, wanted);
  });
}

function checkList(
  what: string,
  actual: readonly string[],
  expected: readonly string[] | undefined,
): CheckFailure[] {
  if (expected === undefined) return [];
  const [wanted, found] = [JSON.stringify(expected), JSON.stringify(actual)];
  return wanted === found ? [] : [{ check: what, expected: wanted, actual: found }];
}

function checkWord(what: string, actual: string, expected: string | undefined): CheckFailure[] {
  if (expected === undefined || expected === actual) return [];
  return [{ check: what, expected: JSON.stringify(expected), actual: JSON.stringify(actual) }];
}

/** `8080` means whatever protocol, `8080/udp` this one. */
function checkMembers(
  what: string,
  actual: readonly string[],
  expected: Readonly<Record<string, boolean>> = {},
): CheckFailure[] {
  return Object.entries(expected).flatMap(([name, wanted]) => {
    const isThere = actual.some((value) => value === name || value.startsWith(`${name}/`));
    if (isThere === wanted) return [];
    return [
      {
        check: `${what} ${name} is ${wanted ? '' : 'not '}declared`,
        expected: wanted ? name : `no ${name}`,
        actual: actual.length === 0 ? '(none)' : actual.join(', '),
      },
    ];
  });
}
