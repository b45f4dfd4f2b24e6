import { describe, expect, it } from 'vitest';
import { formatDeclaration } from '../../../../src/app/binfmt/declaration.ts';
import { readPlatforms } from '../../../../src/app/binfmt/choose-platforms.ts';
import { installSteps } from '../../../../src/app/binfmt/plan-install.ts';
import { parseState } from '../../../../src/app/binfmt/state.ts';
import { hostPlatform, PLATFORMS } from '../../../../src/core/index.ts';
import { applyAll, entry, PLACES, situation, wanted } from './model-host.ts';

describe('the state', () => {
  it('is read as it was written', () => {
    const before = situation([entry('theirs')]);
    const { state } = applyAll(before, installSteps(before, wanted('1'), { places: PLACES }));
    expect(parseState(JSON.stringify(state), 'state.json')).toEqual(state);
  });

  it.each(['', '{}', '{"version":2,"handlers":[]}', '{"version":1,"handlers":[{}]}'])(
    'is not guessed when it is %j',
    (text) => {
      expect(() => parseState(text, '/x/state.json')).toThrow(
        expect.objectContaining({
          code: 'BINFMT_STATE_DAMAGED',
          advice: expect.stringContaining('sudo mv /x/state.json') as string,
        }),
      );
    },
  );
});

describe('a declaration', () => {
  it('is a comment and the line that is registered', () => {
    const lines = formatDeclaration(wanted('1')).split('\n');
    expect(lines.at(-1)).toBe('');
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
      expect.stringMatching(
        /^:archparity-aarch64:M::(\\x[0-9a-f]{2}){20}:(\\x[0-9a-f]{2}){20}:\/state\/qemu-aarch64-1:POCF$/,
      ),
    ]);
  });
});

describe('readPlatforms', () => {
  const [first = 'linux/arm64', second = 'linux/riscv64'] = PLATFORMS.map(
    ({ platform }) => platform,
  ).filter((platform) => platform !== hostPlatform());

  it('takes words and lists, in the order of the table, each once', () => {
    expect(readPlatforms([`${second},${first}`, second])).toEqual([first, second]);
    expect(readPlatforms([])).toBeUndefined();
    expect(readPlatforms(['all'])).toBeUndefined();
  });

  it.each([[['all', 'arm64']], [['vax']], [[hostPlatform()]], [['']]])('refuses %j', (words) => {
    expect(() => readPlatforms(words)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});
