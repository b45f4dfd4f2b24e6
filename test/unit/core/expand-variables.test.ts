import { describe, expect, it } from 'vitest';
import { expandVariables } from '../../../src/core/index.ts';

const VALUES: Readonly<Record<string, string>> = {
  HOME: '/root',
  PATH: '/bin',
  1: 'first',
  '*': 'all',
  'a b': 'odd',
};

describe('expandVariables', () => {
  // Of Go's own os.Expand: os/env.go.
  it.each([
    ['', ''],
    ['$*', 'all'],
    ['${*}', 'all'],
    ['$1x', 'firstx'],
    ['$12', 'first2'],
    ['${1}', 'first'],
    ['now is the $HOME', 'now is the /root'],
    ['$HOME/x:$PATH', '/root/x:/bin'],
    ['${HOME}x', '/rootx'],
    ['$HOMEx', ''],
    ['[$UNSET]', '[]'],
    ['[${UNSET}]', '[]'],
    ['$(date)', '$(date)'],
    ['a $ b', 'a $ b'],
    ['a$', 'a$'],
    ['${}', ''],
    ['${', ''],
    ['${HOME', 'HOME'],
    ['${a b}', 'odd'],
    ['$$x', 'x'],
    ['äö$HOME', 'äö/root'],
  ])('%j becomes %j', (text, expanded) => {
    expect(expandVariables(text, (name) => VALUES[name] ?? '')).toBe(expanded);
  });
});
