import { expect, it } from 'vitest';
import { homeDirectory } from '../../../src/process/home-directory.ts';

it('is known of everybody, also without an entry in the user database', () => {
  const nobody = (): string => {
    throw new Error('uv_os_homedir returned ENOENT');
  };
  expect(homeDirectory({ HOME: '/here' }, nobody)).toBe('/here');
  expect(homeDirectory({}, () => '/there')).toBe('/there');
  expect(homeDirectory({}, nobody)).toBe('/');
});
