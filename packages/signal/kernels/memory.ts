/** Zeroed memory, 16-byte aligned. There is no free: an instance serves one plan or one hearing. */
export function alloc(bytes: i32): usize {
  const at = heap.alloc(<usize>bytes + 16);
  const aligned = (at + 15) & ~15;
  memory.fill(aligned, 0, <usize>bytes);
  return aligned;
}
/** Zeroes `bytes` at `at`. */
export function clear(at: usize, bytes: i32): void {
  memory.fill(at, 0, <usize>bytes);
}
