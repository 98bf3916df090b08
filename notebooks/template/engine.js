// The player's engine: computes a run's networks in a Web Worker. docs/files.md, player.json, has the form of programs,
// and workflow/easel/player/plan.py their operations; workflow/easel/player/reference.py computes the same with NumPy.
//
// The page starts workers from the source of this function and of `simdTile`, because a page opened from a file may not
// load another file.
// Messages are { id, kind, … } and are answered by { id, … }, by { id, progress } on the way, or by { id, error }.
function engine() {
  let player, ready;

  // --- weights ------------------------------------------------------------------------------------------

  async function load(record, block) {
    const stream = block.stream().pipeThrough(new DecompressionStream("gzip"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    player = record;
    const tensors = record.tensors.map(tensor => decoders[tensor.type](bytes, tensor));
    const steps = Object.values(record.programs).flatMap(program => program.steps);
    for (const step of steps)
      for (const name in step.weights) step[name] = tensors[step.weights[name]];
    layOut(steps);
  }

  const size = shape => shape.reduce((product, side) => product * side, 1);

  const decoders = {
    float32(bytes, { start, shape }) { return new Float32Array(bytes.buffer, start, size(shape)); },

    // The low bytes of all numbers, then the high ones.
    float16(bytes, { start, shape }) {
      const count = size(shape), numbers = halves(), out = new Float32Array(count);
      for (let i = 0; i < count; i++) out[i] = numbers[bytes[start + count + i] << 8 | bytes[start + i]];
      return out;
    },

    // Integers, and behind them a scale for each column.
    int8(bytes, { start, shape }) {
      const count = size(shape), columns = shape[shape.length - 1], out = new Float32Array(count);
      const integers = new Int8Array(bytes.buffer, start, count);
      const scales = new Float32Array(bytes.buffer, start + 4 * Math.ceil(count / 4), columns);
      for (let i = 0, column = 0; i < count; i++) {
        out[i] = integers[i] * scales[column];
        column = column + 1 < columns ? column + 1 : 0;
      }
      return out;
    },
  };

  // The value of each of the 65,536 16-bit floats. (Not all browsers have Float16Array.)
  let table;
  function halves() {
    if (table) return table;
    table = new Float32Array(65536);
    for (let i = 0; i < 65536; i++) {
      const exponent = i >> 10 & 31, fraction = i & 1023, sign = i >> 15 ? -1 : 1;
      table[i] = sign * (exponent ? 2 ** (exponent - 25) * (1024 + fraction) : 2 ** -24 * fraction);
    }
    return table;
  }

  // --- programs -----------------------------------------------------------------------------------------

  // The outputs of a program by name. advance: called with the share of the program that is done.
  function run(program, inputs, advance = () => {}) {
    const values = [];
    for (const [name, { value }] of Object.entries(program.inputs)) values[value] = inputs[name];
    program.steps.forEach((step, i) => {
      values[step.output] = activated(operations[step.op](step, ...step.inputs.map(value => values[value])), step);
      advance((i + 1) / program.steps.length);
    });
    return Object.fromEntries(Object.entries(program.outputs).map(([name, value]) => [name, values[value]]));
  }

  function activated(x, { op, activation }) {
    if (!activation) return x;
    const out = op === "activation" ? new Float32Array(x.length) : x;  // another step may need what it was
    if (activation.kind === "tanh") for (let i = 0; i < x.length; i++) out[i] = Math.tanh(x[i]);
    else for (let i = 0; i < x.length; i++) out[i] = x[i] > 0 ? x[i] : activation.slope * x[i];
    return out;
  }

  const operations = {
    linear,
    activation: (step, x) => x,

    affine({ scale, shift }, x) {
      const out = new Float32Array(x.length), columns = scale.length;
      for (let i = 0, column = 0; i < x.length; i++) {
        out[i] = x[i] * scale[column] + shift[column];
        column = column + 1 < columns ? column + 1 : 0;
      }
      return out;
    },

    add: (step, ...all) => combined(step, all, (out, x, i, j) => { out[i] += x[j]; }),
    multiply: (step, ...all) => combined(step, all, (out, x, i, j) => { out[i] *= x[j]; }),

    concatenate({ shape }, ...all) {
      const out = new Float32Array(size(shape));
      let start = 0;
      for (const x of all) {
        out.set(x, start);
        start += x.length;
      }
      return out;
    },

    slice: ({ start, shape }, x) => x.slice(start, start + size(shape)),

    embedding({ table, shape }, rows) {
      const length = shape[shape.length - 1], out = new Float32Array(size(shape));
      Array.from(rows).forEach((row, i) => out.set(table.subarray(row * length, (row + 1) * length), i * length));
      return out;
    },

    upsample({ input, factors, bilinear, shape }, x) {
      const [height, width, channels] = input, out = new Float32Array(size(shape));
      const ways = [[height, factors[0]], [width, factors[1]]].map(([count, factor]) => places(count, factor, bilinear));
      let to = 0;
      for (const [top, bottom, down] of ways[0])
        for (const [left, right, across] of ways[1])
          for (let c = 0; c < channels; c++) {
            const at = (row, column) => x[(row * width + column) * channels + c];
            const above = at(top, left) * (1 - across) + (across && at(top, right) * across);
            const below = down && at(bottom, left) * (1 - across) + (across && at(bottom, right) * across);
            out[to++] = above * (1 - down) + below * down;
          }
      return out;
    },

    pool({ input, size: side, shape }, x) {
      const [height, width, channels] = input, out = new Float32Array(size(shape));
      for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++) {
          const to = (Math.floor(row / side) * (width / side) + Math.floor(column / side)) * channels;
          const from = (row * width + column) * channels;
          for (let c = 0; c < channels; c++) out[to + c] += x[from + c] / (side * side);
        }
      return out;
    },

    attention({ queries: [rows, depth], values: [seen, width] }, queries, values, keys) {
      const out = new Float32Array(rows * width), weights = new Float64Array(seen);
      for (let row = 0; row < rows; row++) {
        for (let i = 0; i < seen; i++) {
          weights[i] = 0;
          for (let d = 0; d < depth; d++) weights[i] += queries[row * depth + d] * keys[i * depth + d];
        }
        softmax(weights);
        for (let i = 0; i < seen; i++)
          for (let d = 0; d < width; d++) out[row * width + d] += weights[i] * values[i * width + d];
      }
      return out;
    },

    mixture({ intervals, means, factors }, latents) {
      const dimensions = latents.length, out = new Float32Array(dimensions);
      const [component, share] = componentOf(intervals, cdf(latents[0]));
      const noise = Float32Array.from(latents);
      noise[0] = quantile(Math.min(Math.max(share, 1e-7), 1 - 1e-7));
      for (let row = 0; row < dimensions; row++) {
        let sum = means[component * dimensions + row];
        const start = (component * dimensions + row) * dimensions;
        for (let d = 0; d < dimensions; d++) sum += factors[start + d] * noise[d];
        out[row] = sum;
      }
      return out;
    },

    // A GRU, position by position; it sees the codes to the left and above.
    codes(step, latents) {
      const { side, uniform, left, above, position } = step, units = step.recurrent_kernel.length / step.recurrent_bias.length;
      const border = left.length / units - 1, chosen = new Int32Array(latents.length), state = new Float64Array(units);
      const logits = new Float64Array(step.logits_bias.length), x = new Float64Array(units);
      for (let i = 0; i < latents.length; i++) {
        const before = i ? chosen[i - 1] : border, over = i >= side ? chosen[i - side] : border;
        for (let u = 0; u < units; u++)
          x[u] = left[before * units + u] + above[over * units + u] + position[i * units + u];
        const outer = product(x, step.kernel, step.bias), inner = product(state, step.recurrent_kernel, step.recurrent_bias);
        for (let u = 0; u < units; u++) {
          const update = 1 / (1 + Math.exp(-outer[u] - inner[u]));
          const reset = 1 / (1 + Math.exp(-outer[units + u] - inner[units + u]));
          state[u] = update * state[u] + (1 - update) * Math.tanh(outer[2 * units + u] + reset * inner[2 * units + u]);
        }
        logits.set(product(state, step.logits_kernel, step.logits_bias));
        softmax(logits);
        const u = cdf(latents[i]);
        let code = 0, sum = 0;
        for (; code < logits.length - 1; code++) {
          sum += (1 - uniform) * logits[code] + uniform / logits.length;
          if (sum >= u) break;
        }
        chosen[i] = code;
      }
      return chosen;
    },
  };

  // The first value of full size, with the others, which repeat along the last axis.
  function combined({ shape }, all, combine) {
    const count = size(shape), whole = all.findIndex(x => x.length === count);
    const out = Float32Array.from(all[whole]);
    all.forEach((x, k) => {
      if (k === whole) return;
      for (let i = 0, j = 0; i < count; i++) {
        combine(out, x, i, j);
        j = j + 1 < x.length ? j + 1 : 0;
      }
    });
    return out;
  }

  // For each place after upsampling: the two places before, and the share of the second.
  function places(count, factor, bilinear) {
    return Array.from({ length: count * factor }, (_, i) => {
      if (!bilinear) return [Math.floor(i / factor), Math.floor(i / factor), 0];
      const at = (i + 0.5) / factor - 0.5, low = Math.floor(at);
      return [Math.max(low, 0), Math.min(low + 1, count - 1), at - low];
    });
  }

  function softmax(x) {
    const largest = x.reduce((a, b) => Math.max(a, b), -Infinity);
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += x[i] = Math.exp(x[i] - largest);
    for (let i = 0; i < x.length; i++) x[i] /= sum;
  }

  // A vector times a kernel (rows, columns), plus the bias.
  function product(x, kernel, bias) {
    const columns = bias.length, out = Float64Array.from(bias);
    for (let row = 0, from = 0; row < x.length; row++, from += columns) {
      const value = x[row];
      if (value) for (let column = 0; column < columns; column++) out[column] += value * kernel[from + column];
    }
    return out;
  }

  // --- sums over taps -----------------------------------------------------------------------------------
  //
  // Each phase is a product of matrices: patches (positions, taps · channels in) times the phase's part of the kernel.
  // It is computed in tiles of 4 positions and 8 outputs, whose sums stay in registers. Both matrices are stored so that
  // a tile reads them in order, patches 4 positions at a time and the kernel in panels of 8 columns, in one heap, which
  // WebAssembly can read: first a tile's sums, then patches, then the panels of all steps.

  const POSITIONS = 4, OUTPUTS = 8, SUMS = POSITIONS * OUTPUTS;
  const BLOCK = 1 << 16;  // numbers of patches that are made at a time: they stay in the cache
  let heap, multiplyTile;

  const isVector = ({ geometry: { output, phases } }) => output[0] * output[1] === 1 && phases[0].taps.length === 1;
  const depthOf = ({ geometry: { input } }, { taps }) => taps.length * input[2];
  const lengthOfPanels = (step, phase) => Math.ceil(step.geometry.output[2] / OUTPUTS) * OUTPUTS * depthOf(step, phase);

  // Makes a heap with a place for the panels of every step.
  function layOut(steps) {
    const sums = steps.filter(step => step.op === "linear" && !isVector(step));
    const deepest = sums.flatMap(step => step.geometry.phases.map(phase => depthOf(step, phase)));
    let length = SUMS + Math.max(BLOCK, POSITIONS * Math.max(0, ...deepest));
    for (const step of sums)
      step.panels = step.geometry.phases.map(phase => {
        length += lengthOfPanels(step, phase);
        return length - lengthOfPanels(step, phase);
      });
    const memory = typeof WebAssembly === "object" && new WebAssembly.Memory({ initial: Math.ceil(length / (1 << 14)) });
    const tile = memory && simdTile(memory);
    heap = new Float32Array(memory ? memory.buffer : length);
    multiplyTile = tile ? (patch, panel, depth) => tile(4 * patch, 4 * panel, depth, 0) : multiplyPlainly;
  }

  function linear(step, x) {
    const { output, phases } = step.geometry, out = new Float32Array(size(output));
    if (isVector(step)) {
      out.set(product(x, step.kernel, step.bias));
      return out;
    }
    if (!step.isPanelled) fillPanels(step);
    phases.forEach((phase, i) => multiply(step, x, out, phase, step.panels[i]));
    return out;
  }

  // Copies the kernel of each phase, 8 columns at a time; those that are missing are 0.
  function fillPanels(step) {
    const { kernel, geometry: { output: [, , columns], phases }, panels } = step;
    let start = 0;
    phases.forEach((phase, i) => {
      const rows = depthOf(step, phase);
      for (let row = 0; row < rows; row++)
        for (let column = 0, from = (start + row) * columns; column < columns; column++)
          heap[panels[i] + ((column >> 3) * rows + row) * OUTPUTS + (column & 7)] = kernel[from + column];
      start += rows;
    });
    step.isPanelled = true;
  }

  function multiply(step, x, out, phase, panels) {
    const { input: [height, width, channels], output: [rows, columns, outputs] } = step.geometry;
    const { in_step: inStep, out_step: outStep } = step.geometry, { at: [top, left], taps } = phase;
    const across = Math.ceil((columns - left) / outStep), count = across * Math.ceil((rows - top) / outStep);
    const depth = depthOf(step, phase), patches = SUMS;
    const block = Math.max(POSITIONS, Math.floor(BLOCK / Math.max(depth, 1) / POSITIONS) * POSITIONS);
    for (let first = 0; first < count; first += block) {
      const end = Math.min(first + block, count);
      for (let i = first; i < end; i++) {
        const y = Math.floor(i / across) * inStep, z = i % across * inStep, place = i - first;
        let to = patches + (place - place % POSITIONS) * depth + place % POSITIONS;
        for (const [dy, dx] of taps) {
          const row = y + dy, column = z + dx, from = (row * width + column) * channels;
          if (row < 0 || row >= height || column < 0 || column >= width)
            for (let c = 0; c < channels; c++, to += POSITIONS) heap[to] = 0;
          else
            for (let c = 0; c < channels; c++, to += POSITIONS) heap[to] = x[from + c];
        }
      }
      for (let panel = 0; panel < outputs; panel += OUTPUTS)
        for (let tile = first; tile < end; tile += POSITIONS) {
          multiplyTile(patches + (tile - first) * depth, panels + panel * depth, depth);
          const wide = Math.min(OUTPUTS, outputs - panel), high = Math.min(POSITIONS, end - tile);
          for (let i = 0; i < high; i++) {
            const y = top + Math.floor((tile + i) / across) * outStep, z = left + (tile + i) % across * outStep;
            const to = (y * columns + z) * outputs + panel;
            for (let j = 0; j < wide; j++) out[to + j] = heap[i * OUTPUTS + j] + step.bias[panel + j];
          }
        }
    }
  }

  // What `simdTile` does, for browsers without it: in two halves, because 16 sums fit into a processor's registers.
  function multiplyPlainly(patch, panel, depth) {
    for (let half = 0; half < OUTPUTS; half += 4) {
      let a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
      let c0 = 0, c1 = 0, c2 = 0, c3 = 0, d0 = 0, d1 = 0, d2 = 0, d3 = 0;
      const end = patch + POSITIONS * depth;
      for (let p = patch, k = panel + half; p < end; p += POSITIONS, k += OUTPUTS) {
        const x0 = heap[p], x1 = heap[p + 1], x2 = heap[p + 2], x3 = heap[p + 3];
        const y0 = heap[k], y1 = heap[k + 1], y2 = heap[k + 2], y3 = heap[k + 3];
        a0 += x0 * y0; a1 += x0 * y1; a2 += x0 * y2; a3 += x0 * y3;
        b0 += x1 * y0; b1 += x1 * y1; b2 += x1 * y2; b3 += x1 * y3;
        c0 += x2 * y0; c1 += x2 * y1; c2 += x2 * y2; c3 += x2 * y3;
        d0 += x3 * y0; d1 += x3 * y1; d2 += x3 * y2; d3 += x3 * y3;
      }
      heap.set([a0, a1, a2, a3], half);
      heap.set([b0, b1, b2, b3], half + OUTPUTS);
      heap.set([c0, c1, c2, c3], half + 2 * OUTPUTS);
      heap.set([d0, d1, d2, d3], half + 3 * OUTPUTS);
    }
  }

  // --- the normal distribution --------------------------------------------------------------------------

  // Φ(z), with its relative precision kept far below 0: a series near the middle, a continued fraction further out
  // (Abramowitz & Stegun, 26.2.11 and 26.2.14).
  function cdf(z) {
    const x = Math.abs(z), density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    let tail;
    if (x < 3) {
      let sum = x, term = x;
      for (let n = 3; term > 1e-17 * sum; n += 2) sum += term *= x * x / n;
      tail = 0.5 - density * sum;
    } else {
      let fraction = x;
      for (let n = 60; n > 0; n--) fraction = x + n / fraction;
      tail = density / fraction;
    }
    return z > 0 ? 1 - tail : tail;
  }

  // Φ⁻¹(share): an approximation (Abramowitz & Stegun, 26.2.23), and Halley's method from there.
  function quantile(share) {
    if (share > 0.5) return -quantile(1 - share);
    const t = Math.sqrt(-2 * Math.log(Math.max(share, 1e-300)));
    let z = (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3) - t;
    for (let n = 0; n < 3; n++) {
      const step = (cdf(z) - share) * Math.sqrt(2 * Math.PI) * Math.exp(z * z / 2);
      z -= step / (1 + z * step / 2);
    }
    return z;
  }

  // The component of a mixture that a share falls into, and its share there.
  function componentOf(intervals, u) {
    let component = 0;
    while (component < intervals.length - 1 && u >= intervals[component][0] + intervals[component][1]) component++;
    const [start, length] = intervals[component];
    return [component, (u - start) / length];
  }

  // Latents at the same quantiles of the normal distribution that is cut off at ± threshold, as
  // workflow/easel/sampling/truncation.py has it: the first number of a mixture within its component.
  function truncated(latents, threshold) {
    const low = cdf(-threshold), cut = share => low + (1 - 2 * low) * share;
    const found = Float32Array.from(latents, z => quantile(cut(cdf(z))));
    const first = player.programs.prior?.steps[0];
    if (first?.op === "mixture") {
      const [component, share] = componentOf(first.intervals, cdf(latents[0]));
      const [start, length] = first.intervals[component];
      found[0] = quantile(start + length * cut(share));
    }
    return found;
  }

  // --- messages -----------------------------------------------------------------------------------------

  const answers = {
    async load({ player: record, block }) {
      await load(record, block);
      return { loaded: true };
    },

    // Codes from latents, unless they are given; moved by an offset, if there is one; and their image.
    draw({ latents, truncation, codes, offset, label }, advance) {
      const { prior, decoder } = player.programs;
      if (!codes) {
        const points = truncation ? truncated(latents, truncation) : Float32Array.from(latents);
        codes = prior ? run(prior, { latents: points }).codes : points;
      }
      const moved = offset ? Float32Array.from(codes, (value, i) => value + offset[i]) : codes;
      const { images } = run(decoder, { codes: moved, latents: moved, labels: [label] }, advance);
      return { codes, pixels: pixelsOf(images) };
    },

    // The code of an image, -1..1, and of a VAE its log variance.
    encode({ image }) {
      const { codes, log_variance: logVariance } = run(player.programs.encoder, { images: Float32Array.from(image) });
      return { codes, logVariance };
    },
  };

  function pixelsOf(image) {
    const pixels = new Uint8ClampedArray(image.length / 3 * 4).fill(255);
    for (let i = 0, to = 0; i < image.length; i += 3, to += 4)
      for (let c = 0; c < 3; c++) pixels[to + c] = (image[i + c] + 1) * 127.5;  // rounded and clamped
    return pixels;
  }

  self.onmessage = async ({ data: { id, kind, ...message } }) => {
    try {
      if (kind !== "load") await ready;
      const answer = answers[kind](message, progress => self.postMessage({ id, progress }));
      if (kind === "load") ready = answer;
      self.postMessage({ id, ...await answer });
    } catch (error) {
      self.postMessage({ id, error: String(error) });
    }
  };
}
