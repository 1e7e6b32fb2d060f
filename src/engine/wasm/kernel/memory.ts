/**
 * Linear memory as one stack of arrays that `reset` empties: a kernel instance
 * holds one dictionary, and preparing another lays everything out anew.
 * Arrays are 64-byte aligned and addressed by byte pointers; none may be touched
 * before `commit` has grown the memory and zeroed them all.
 */
const alignment: u64 = 64;
const page: u64 = 65536;
/** wasm32 addresses end at 4 GiB. */
const limit: u64 = 0xffff0000;

let top: u64 = 0;

/** Forgets every array. */
export function reset(): void {
  top = aligned(__heap_base);
}

/** The address `bytes` bytes will have; meaningless if `commit` then fails. */
export function allocate(bytes: u64): usize {
  const start = top;
  top = min(aligned(start + min(bytes, limit)), limit + alignment); // stays above the limit once there
  return <usize>start;
}

/** The address of `length` float32 values. */
export function floats(length: i32): usize {
  return allocate(<u64>length << 2);
}

/** Grows the memory to hold every array and zeroes them; false if it cannot grow so far. */
export function commit(): bool {
  if (top > limit) return false;
  const missing = <i64>((top + page - 1) / page) - <i64>memory.size();
  if (missing > 0 && memory.grow(<i32>missing) < 0) return false;
  const start = <usize>aligned(__heap_base);
  memory.fill(start, 0, <usize>top - start);
  return true;
}

function aligned(bytes: u64): u64 {
  return (bytes + alignment - 1) & ~(alignment - 1);
}
