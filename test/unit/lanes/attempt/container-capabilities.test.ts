import { describe, expect, it } from 'vitest';
import {
  containerCapabilities,
  dockerCapabilities,
} from '../../../../src/lanes/attempt/container-capabilities.ts';

describe('dockerCapabilities', () => {
  it('names some, and says ALL for all', () => {
    const some = containerCapabilities({
      droppedCapabilities: ['ALL'],
      addedCapabilities: ['chown'],
    });
    expect(dockerCapabilities(some)).toEqual(['CHOWN']);
    expect(dockerCapabilities(containerCapabilities({ privileged: true }))).toEqual(['ALL']);
    expect(dockerCapabilities(containerCapabilities({ addedCapabilities: ['all'] }))).toEqual([
      'ALL',
    ]);
  });
});
