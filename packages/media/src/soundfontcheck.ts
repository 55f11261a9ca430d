/**
 * Looks over a SoundFont 2 bank before a library reads it: chunks lie inside their parents, indices only rise and stay within
 * their lists, sounds lie inside the pool and are not compressed. A damaged index costs a reader minutes.
 * @throws Error that says what is wrong.
 */
export function checkSoundFont(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  const chunks = new Map<string, readonly [from: number, size: number]>();
  const walk = (from: number, to: number): void => {
    for (let at = from; at + 8 <= to; ) {
      const size = view.getUint32(at + 4, true);
      if (at + 8 + size > to) throw new Error(`chunk ${name(at)} is longer than the file`);
      if (name(at) === "LIST") walk(at + 12, at + 8 + size);
      else chunks.set(name(at), [at + 8, size]);
      at += 8 + size + (size & 1);
    }
  };
  if (bytes.length < 12 || name(0) !== "RIFF" || name(8) !== "sfbk") throw new Error("not a sound font");
  walk(12, bytes.length);
  const count = (id: string, record: number): number => {
    const chunk = chunks.get(id);
    if (!chunk || chunk[1] % record !== 0 || chunk[1] < record) throw new Error(`chunk ${id} is missing or cut`);
    return chunk[1] / record;
  };
  // each record's index at `offset` points into the list below it
  const rising = (id: string, record: number, offset: number, below: number): void => {
    const from = chunks.get(id)?.[0] ?? 0;
    let last = 0;
    for (let i = 0; i < count(id, record); i++) {
      const index = view.getUint16(from + i * record + offset, true);
      if (index < last || index >= below) throw new Error(`${id} ${i} points outside its list`);
      last = index;
    }
  };
  rising("phdr", 38, 24, count("pbag", 4));
  rising("inst", 22, 20, count("ibag", 4));
  rising("pbag", 4, 0, count("pgen", 4));
  rising("pbag", 4, 2, count("pmod", 10));
  rising("ibag", 4, 0, count("igen", 4));
  rising("ibag", 4, 2, count("imod", 10));
  const pool = (chunks.get("smpl")?.[1] ?? 0) / 2;
  const samples = count("shdr", 46) - 1;
  const from = chunks.get("shdr")?.[0] ?? 0;
  for (let i = 0; i < samples; i++) {
    const at = from + i * 46;
    const [start, end, rate, kind] = [
      view.getUint32(at + 20, true),
      view.getUint32(at + 24, true),
      view.getUint32(at + 36, true),
      view.getUint16(at + 44, true),
    ];
    if (kind & 0x10) throw new Error("its sounds are compressed (SF3)");
    if (start > end || end > pool || rate < 100 || rate > 400_000) throw new Error(`sound ${i} lies outside the pool`);
  }
}
