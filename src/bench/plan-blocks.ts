/** One benchmark on one lane. */
export interface Cell {
  readonly bench: string;
  readonly lane: string;
}

/** How many runs a cell makes, in how many blocks. */
export interface CellPlan {
  readonly runs: number;
  readonly blocks: number;
}

/** hyperfine's: at least 10 runs, and as many as take the least time (3 s unless told otherwise). */
const LEAST_RUNS = 10;
/** More blocks than this make intervals no better, and each costs a start. */
const MOST_BLOCKS = 30;
/** How many runs a command of this length makes. */
export function chooseRuns(
  wallMs: number,
  { runs, minTimeMs }: { readonly runs?: number; readonly minTimeMs: number },
): number {
  if (runs !== undefined) return runs;
  return Math.max(LEAST_RUNS, Math.ceil(minTimeMs / Math.max(wallMs, 0.1)));
}

/**
 * The number of blocks that all cells share: each cell has its runs spread over all of them, so that a
 * change of the machine's mood meets every cell alike.
 */
export function countBlocks(runs: readonly number[]): number {
  return Math.max(1, Math.min(MOST_BLOCKS, ...runs));
}

/** How many runs of a cell fall into a block (from 1); over all blocks they add up to its runs. */
export function runsInBlock({ runs, blocks }: CellPlan, block: number): number {
  const at = ((block - 1) % blocks) + 1;
  return Math.floor((at * runs) / blocks) - Math.floor(((at - 1) * runs) / blocks);
}
