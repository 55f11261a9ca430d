/**
 * Memory is fixed, and what is given back is used again (TLSF; Masmano et al. 2004). A device is made of many blocks: those of an arena
 * hang together, each with the address of the one before in front of it, and go as one.
 */
let last: usize = 0;

/** Zeroed memory, 16-byte aligned, in the arena that is open. Traps where there is no room. */
export function alloc(bytes: i32): usize {
  const at = heap.alloc(<usize>bytes + 16);
  store<usize>(at, last);
  last = at;
  memory.fill(at + 16, 0, <usize>bytes);
  return at + 16;
}
/** Opens an arena. @returns the one that was open, to be given to `arenaClose`. */
export function arenaOpen(): usize {
  const before = last;
  last = 0;
  return before;
}
/** Closes the arena and opens the one before again. @returns the arena, to be given to `arenaFree`. */
export function arenaClose(before: usize): usize {
  const own = last;
  last = before;
  return own;
}
/** Gives back all that was made in an arena. */
export function arenaFree(arena: usize): void {
  while (arena != 0) {
    const before = load<usize>(arena);
    heap.free(arena);
    arena = before;
  }
}
/** Zeroes `bytes` at `at`. */
export function clear(at: usize, bytes: i32): void {
  memory.fill(at, 0, <usize>bytes);
}

const numbers: usize = heap.alloc(16 * 8);
/** Where numbers that are not whole are handed over, up to sixteen f64: as arguments a host would wrap each in an object. */
export function args(): usize {
  return numbers;
}
/** Number `k` that was handed over. */
// @ts-ignore: decorator
@inline
export function arg(k: i32): f64 {
  return load<f64>(numbers + <usize>(k << 3));
}
/** Hands a number over to a function of ours. */
// @ts-ignore: decorator
@inline
export function handOver(k: i32, x: f64): void {
  store<f64>(numbers + <usize>(k << 3), x);
}
// @ts-ignore: decorator
@inline
export function arg32(k: i32): f32 {
  return <f32>arg(k);
}
