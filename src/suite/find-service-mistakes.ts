import { parseJsonPath } from '../core/index.ts';
import { findBoth } from './find-both.ts';
import { isMapping, listItems, type Mistake, quoteText, type SuitePath } from './mistake.ts';

type Mapping = Readonly<Record<string, unknown>>;

const READY_KEYS = ['http', 'port', 'log', 'run'];
const REQUEST_KEYS = ['http', 'tcp', 'run'];

/**
 * Finds what is wrong between the parts of `service` and `with` of a case, and between them and the rest of it.
 * Reads the suite as written.
 */
export function findServiceMistakes(entry: Mapping, path: SuitePath): readonly Mistake[] {
  const companions = isMapping(entry['with']) ? entry['with'] : {};
  return [
    ...Object.entries(companions).flatMap(([name, companion]) => [
      ...findNameMistakes(name, [...path, 'with', name]),
      ...(isMapping(companion)
        ? findReadyMistakes(companion['ready'], [...path, 'with', name, 'ready'])
        : []),
    ]),
    ...findUseless(entry, path),
    ...(isMapping(entry['service']) ? findOwnMistakes(entry['service'], [...path, 'service']) : []),
  ];
}

/** What a host name is made of (RFC 1123), and no other name of the case's own. */
function findNameMistakes(name: string, path: SuitePath): readonly Mistake[] {
  if (['localhost', 'service'].includes(name))
    return [
      {
        path,
        at: 'key',
        message: `${quoteText(name)} is the name of the service itself or its host`,
      },
    ];
  if (
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/.test(name)
  )
    return [];
  return [
    {
      path,
      at: 'key',
      message: `is no host name: ${quoteText(name)}`,
      hint: 'a name is lower-case letters, digits, "-" and "."',
    },
  ];
}

/** Keys that have no meaning for a service. */
const USELESS = ['stdin', 'stdinFile', 'mayKeepRunning'];

function findUseless(entry: Mapping, path: SuitePath): readonly Mistake[] {
  if (!Object.hasOwn(entry, 'service')) {
    return listItems(entry['compare']).includes('responses')
      ? [
          {
            path: [...path, 'compare'],
            at: 'value',
            message: 'names responses, but the case has no "service"',
          },
        ]
      : [];
  }
  const useless: Mistake[] = USELESS.filter((key) => Object.hasOwn(entry, key)).map((key) => ({
    path: [...path, key],
    at: 'key',
    message: 'has no meaning for a service',
    hint: 'remove it',
  }));
  if (entry['pid1'] !== 'subject') return useless;
  const message = 'is not possible with a service: requests come through the init beside it';
  return [...useless, { path: [...path, 'pid1'], at: 'value', message, hint: 'remove it' }];
}

function findOwnMistakes(service: Mapping, path: SuitePath): readonly Mistake[] {
  const { ready, start } = service;
  const hasPort =
    isMapping(ready) && (Object.hasOwn(ready, 'port') || Object.hasOwn(ready, 'http'));
  return [
    ...findSeveral(start, [...path, 'start'], ['run', 'args']),
    ...findReadyMistakes(ready, [...path, 'ready']),
    ...listItems(service['requests']).flatMap((request, index) =>
      isMapping(request) ? findRequestMistakes(request, [...path, 'requests', index], hasPort) : [],
    ),
  ];
}

function findReadyMistakes(ready: unknown, path: SuitePath): readonly Mistake[] {
  if (!isMapping(ready)) return [];
  const keys = Object.keys(ready);
  if (keys.length > 0 && keys.every((key) => key === 'within'))
    return [
      {
        path,
        at: 'value',
        message: 'does not say when it is ready',
        hint: `write one of ${READY_KEYS.join(', ')}`,
      },
    ];
  return findSeveral(ready, path, READY_KEYS);
}

function findRequestMistakes(
  request: Mapping,
  path: SuitePath,
  hasPort: boolean,
): readonly Mistake[] {
  const mistakes = [...findSeveral(request, path, REQUEST_KEYS)];
  if (!REQUEST_KEYS.some((key) => Object.hasOwn(request, key)))
    mistakes.push({
      path,
      at: 'value',
      message: 'asks nothing',
      hint: `write one of ${REQUEST_KEYS.join(', ')}`,
    });
  if (Object.hasOwn(request, 'expect') && !Object.hasOwn(request, 'run'))
    mistakes.push({
      path: [...path, 'expect'],
      at: 'key',
      message: 'is for "run"',
      hint: 'write it inside "http" or "tcp"',
    });
  const expect = isMapping(request['expect']) ? request['expect'] : {};
  if (Object.hasOwn(expect, 'files'))
    mistakes.push({
      path: [...path, 'expect', 'files'],
      at: 'key',
      message: 'can be expected of the case only, not of one of its commands',
      hint: 'move it to the "expect" of the case',
    });
  const { http } = request;
  return isMapping(http)
    ? [...mistakes, ...findHttpMistakes(http, [...path, 'http'], hasPort)]
    : mistakes;
}

function findHttpMistakes(http: Mapping, path: SuitePath, hasPort: boolean): readonly Mistake[] {
  const paths = listItems(http['ignore']).flatMap((text, index): Mistake[] =>
    typeof text !== 'string' || text.trim() === '' || parseJsonPath(text) !== undefined
      ? []
      : [
          {
            path: [...path, 'ignore', index],
            at: 'value',
            message: `is no JSON path: ${quoteText(text)}`,
            hint: 'write $.time, $.items[0].id, $.items[*].id or $..id',
          },
        ],
  );
  if (hasPort || Object.hasOwn(http, 'port')) return paths;
  const message = 'names no port, and neither does "ready"';
  return [...paths, { path, at: 'value', message, hint: 'write port: 8080' }];
}

function findSeveral(entry: unknown, path: SuitePath, keys: readonly string[]): readonly Mistake[] {
  return isMapping(entry) ? findBoth(entry, path, keys) : [];
}
