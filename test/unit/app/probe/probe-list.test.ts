import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROBE_AREAS, PROBES } from '../../../../src/app/probe/probe-list.ts';
import { selectProbes } from '../../../../src/app/probe/select-probes.ts';

const PROGRAM = resolve(import.meta.dirname, '../../../../src/app/probe/program');

function functionsOfProgram(): string[] {
  return globSync('*.c', { cwd: PROGRAM }).flatMap((file) =>
    [...readFileSync(join(PROGRAM, file), 'utf8').matchAll(/^void probe_(\w+)\(void\)/gm)].map(
      ([, name = '']) => name.replaceAll('_', '-'),
    ),
  );
}

describe('the list of probes', () => {
  test('names each probe once, in words that a shell needs not quote', () => {
    const ids = PROBES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id))).toEqual([]);
    expect(ids.length).toBeGreaterThanOrEqual(80);
  });

  test('is the list of functions of the program', () => {
    expect([...new Set(functionsOfProgram())].toSorted()).toEqual(
      PROBES.map(({ id }) => id).toSorted(),
    );
  });

  test('has probes in every area, each with a title of its own and what it matters to', () => {
    expect([...new Set(PROBES.map(({ area }) => area))]).toEqual(PROBE_AREAS);
    const titles = PROBES.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    expect(PROBES.filter(({ matters }) => matters.length < 5)).toEqual([]);
  });
});

describe('docs/probe.md', () => {
  test('names the number of probes and every area', () => {
    const text = readFileSync(resolve(PROGRAM, '../../../../docs/probe.md'), 'utf8');
    expect(text).toContain(`There are ${PROBES.length} probes`);
    for (const area of PROBE_AREAS) expect(text).toContain(`\`${area}\``);
  });
});

describe('selectProbes', () => {
  test('takes ids and areas, in the order of the list', () => {
    const chosen = selectProbes(['trace-me', 'cpu', 'clone3']);
    expect(chosen.slice(0, 2).map(({ id }) => id)).toEqual(['clone3', 'trace-me']);
    expect(new Set(chosen.slice(2).map(({ area }) => area))).toEqual(new Set(['CPU']));
  });

  test('gives all for no word', () => {
    expect(selectProbes([])).toBe(PROBES);
  });

  test('names the areas when it knows no such word', () => {
    expect(() => selectProbes(['clone4'])).toThrow(
      expect.objectContaining({ code: 'PROBE_UNKNOWN', exitCode: 2 }),
    );
  });
});
