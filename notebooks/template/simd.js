// The innermost product of the player's engine, four numbers at a time: a function of WebAssembly, written here in its
// binary form, because a page has no compiler. About eight times as fast as the same in JavaScript.
//
//   tile(patches, panel, depth, sums): sums (4, 8) = patches (depth, 4)ᵀ · panel (depth, 8)
//
// All arrays are float32 in `memory`, and arguments are their places in bytes. Returns null in a browser without it.
function simdTile(memory) {
  const get = local => [0x20, local], set = local => [0x21, local], tee = local => [0x22, local];
  const constant = value => [0x41, value];  // below 64
  const [add, subtract, isZero] = [[0x6a], [0x6b], [0x45]];
  const vector = (operation, offset) => [0xfd, operation, 2, offset];  // an access, aligned to 4 bytes
  const load = offset => vector(0x00, offset), splat = offset => vector(0x09, offset), store = offset => vector(0x0b, offset);
  const [plus, times] = [[0xfd, 0xe4, 1], [0xfd, 0xe6, 1]];
  const repeat = (count, make) => Array.from({ length: count }, (_, i) => make(i)).flat();

  // Locals: the four arguments, 8 sums of 4 numbers, two halves of the panel's row, one number of a patch.
  const [patches, panel, depth, sums] = [0, 1, 2, 3], sum = i => 4 + i, [left, right, number] = [12, 13, 14];
  const body = [
    0x01, 11, 0x7b,  // 11 locals that are vectors
    0x02, 0x40,  // block
    ...get(depth), ...isZero, 0x0d, 0,  // to its end if there is nothing to sum
    0x03, 0x40,  // loop
    ...get(panel), ...load(0), ...set(left),
    ...get(panel), ...load(16), ...set(right),
    ...repeat(4, i => [
      ...get(patches), ...splat(4 * i), ...set(number),
      ...get(sum(2 * i)), ...get(number), ...get(left), ...times, ...plus, ...set(sum(2 * i)),
      ...get(sum(2 * i + 1)), ...get(number), ...get(right), ...times, ...plus, ...set(sum(2 * i + 1)),
    ]),
    ...get(patches), ...constant(16), ...add, ...set(patches),
    ...get(panel), ...constant(32), ...add, ...set(panel),
    ...get(depth), ...constant(1), ...subtract, ...tee(depth), 0x0d, 0,  // again
    0x0b, 0x0b,
    ...repeat(8, i => [...get(sums), ...get(sum(i)), ...store(16 * i)]),
    0x0b,
  ];

  const length = count => [count & 0x7f | 0x80, count >> 7];  // of up to 16,383 bytes
  const name = text => [text.length, ...new TextEncoder().encode(text)];
  const section = (kind, content) => [kind, ...length(content.length), ...content];
  const module = new Uint8Array([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [1, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 0]),  // a type: four integers to nothing
    ...section(2, [1, ...name("page"), ...name("memory"), 0x02, 0, 1]),  // memory of at least one page
    ...section(3, [1, 0]),  // a function of this type
    ...section(7, [1, ...name("tile"), 0, 0]),
    ...section(10, [1, ...length(body.length), ...body]),
  ]);
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(module), { page: { memory } }).exports.tile;
  } catch {
    return null;
  }
}
