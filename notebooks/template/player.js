// Drawing with a run's network: a picture at a click, a wall of them, their class, truncation, directions, walks from one
// picture to another, pictures to keep. Weights are decoded when the reader draws for the first time.

// Shows pixels (red, green, blue, opacity) on a canvas of their size, and counts how often it has been drawn on.
function showPixels(canvas, pixels) {
  canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(pixels), canvas.width), 0, 0);
  canvas.dataset.drawn = Number(canvas.dataset.drawn ?? 0) + 1;
}

// The weights of a player's networks: a Blob.
async function weightsOf(player) {
  const text = player.querySelector(".player-weights").textContent;
  return (await fetch(`data:application/octet-stream;base64,${text}`)).blob();
}

// Independent numbers from N(0, 1) (Box & Muller 1958).
function normals(count) {
  return Float64Array.from({ length: count }, () =>
    Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()));
}

// On a great circle from one vector to another, as workflow/easel/sampling/latents.py has it.
function alongSphere(first, second, share) {
  const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const cosine = dot(first, second) / Math.sqrt(dot(first, first) * dot(second, second));
  const angle = Math.acos(Math.min(Math.max(cosine, -1 + 1e-6), 1 - 1e-6));
  const [one, other] = [Math.sin((1 - share) * angle), Math.sin(share * angle)].map(part => part / Math.sin(angle));
  return first.map((value, i) => one * value + other * second[i]);
}

const between = (first, second, share) => first.map((value, i) => (1 - share) * value + share * second[i]);

// Saves pictures side by side as a PNG file, enlarged to 256 pixels or more each, without smoothing.
function savePicture(canvases, name) {
  const { width, height } = canvases[0], zoom = Math.max(1, Math.ceil(256 / width));
  const sheet = Object.assign(document.createElement("canvas"), { width: zoom * width * canvases.length, height: zoom * height });
  const pen = sheet.getContext("2d");
  pen.imageSmoothingEnabled = false;
  canvases.forEach((canvas, i) => pen.drawImage(canvas, i * zoom * width, 0, zoom * width, zoom * height));
  sheet.toBlob(blob => {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${name}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}

// Shows one of a player's messages, or none.
function tell(player, name) {
  for (const message of player.querySelectorAll("[data-message]")) message.hidden = message.dataset.message !== name;
}

function startPlayer(player) {
  const record = JSON.parse(player.querySelector(".player-record").textContent);
  const part = name => player.querySelector(`[data-part="${name}"]`), parts = name => [...player.querySelectorAll(`[data-part="${name}"]`)];
  const { prior, decoder } = record.programs, [dimensions] = (prior ?? decoder).inputs.latents.shape;
  const name = `${record.run}-seed-${record.seed}`;
  const [large, wall, kept] = [part("large"), parts("wall-one"), parts("kept-one")];
  const [classes, truncation, walk, progress] = ["class", "truncation", "walk", "progress"].map(part);
  const directions = parts("direction");
  let pool, current, picked = [];

  // --- samples: latents or, on a walk through codes, codes; and a label -----------------------------------

  function newLabel() {
    if (!classes) return null;
    return classes.value === "" ? Math.floor(Math.random() * record.classes.length) : Number(classes.value);
  }

  const newSample = () => ({ latents: normals(dimensions), label: newLabel() });

  const isWhole = () => truncation.value === truncation.max;

  function messageOf({ latents, codes, label }) {
    return { kind: "draw", label, ...codes ? { codes } : { latents, truncation: isWhole() ? null : truncation.valueAsNumber } };
  }

  function offset() {
    const sizes = directions.map(direction => direction.valueAsNumber);
    if (!sizes.some(Boolean)) return undefined;
    return record.directions[0].step.map((_, i) => record.directions.reduce((sum, { step }, k) => sum + sizes[k] * step[i], 0));
  }

  // --- drawing --------------------------------------------------------------------------------------------

  async function draw(canvas, sample, options, extra) {
    try {
      const answer = await pool.ask({ ...messageOf(sample), ...extra }, options);
      if (!answer) return;
      showPixels(canvas, answer.pixels);
      return answer;
    } catch {
      progress.hidden = true;
      tell(player, "failed");
    }
  }

  async function drawLarge() {
    const started = performance.now();
    const show = share => {  // only of what takes a while
      progress.hidden = share >= 1 || performance.now() - started < 200;
      progress.value = share;
    };
    const waiting = setTimeout(() => { progress.removeAttribute("value"); progress.hidden = false; }, 300);
    const sample = current;
    const answer = await draw(large, sample, { key: "large", first: true, progress: show }, { offset: offset() });
    clearTimeout(waiting);
    if (answer) progress.hidden = true;
  }

  async function drawOne(button) {
    const { sample } = button, answer = await draw(button.firstElementChild, sample, { key: button });
    if (answer && button.sample === sample) sample.known = answer.codes;
  }

  function show(sample) {
    current = sample;
    for (const direction of directions) direction.value = 0;
    drawLarge();
  }

  // --- the wall, and walks between two of its pictures ------------------------------------------------------

  function newWall() {
    pick([]);
    for (const button of wall) {
      button.sample = newSample();
      drawOne(button);
    }
  }

  function pick(buttons) {
    picked = buttons;
    for (const button of wall) button.setAttribute("aria-pressed", picked.includes(button));
    walk.disabled = picked.length < 2;
    if (walk.disabled) walk.value = 0;
  }

  function go() {
    const [first, second] = picked.map(button => button.sample), share = walk.valueAsNumber;
    const { label } = share < 0.5 ? first : second;
    current = prior?.steps[0].op === "mixture" && first.known && second.known
      ? { codes: between(first.known, second.known, share), label }
      : { latents: alongSphere(first.latents, second.latents, share), label };
    drawLarge();
  }

  for (const button of wall)
    button.addEventListener("click", () => {
      if (picked.includes(button)) return pick(picked.filter(each => each !== button));
      pick([...picked.slice(-1), button]);
      walk.value = picked.length > 1 ? 1 : 0;
      show({ ...button.sample });
    });
  walk.addEventListener("input", go);

  // --- pictures to keep -------------------------------------------------------------------------------------

  function keep() {
    const place = kept.find(each => each.hidden) ?? kept[0];
    if (!place.hidden) place.parentElement.append(place);  // the oldest makes room
    kept.splice(kept.indexOf(place), 1);
    kept.push(place);
    place.querySelector("canvas").getContext("2d").drawImage(large, 0, 0);
    place.sample = { ...current };
    place.settings = [truncation, ...directions].map(each => each.value);
    place.hidden = false;
    part("kept").hidden = false;
  }

  for (const place of kept) {
    const [again, remove] = place.querySelectorAll("button");
    again.addEventListener("click", () => {
      current = { ...place.sample };
      const isTruncatedAlike = truncation.value === place.settings[0];
      [truncation, ...directions].forEach((each, i) => { each.value = place.settings[i]; });
      drawLarge();
      if (!isTruncatedAlike) wall.forEach(drawOne);
    });
    remove.addEventListener("click", () => {
      place.hidden = true;
      part("kept").hidden = kept.every(each => each.hidden);
      part("keep").focus();
    });
  }

  // --- controls ---------------------------------------------------------------------------------------------

  function start() {
    pool = new Pool(record, weightsOf(player));
    part("start").hidden = true;
    part("stage").hidden = false;
    current = newSample();
    const first = drawLarge();
    newWall();
    part("new").focus();
    if (record.codes) first.then(() => startExplorer(player, record, (...task) => pool.ask(...task), large));
  }

  part("start").addEventListener("click", start);
  part("new").addEventListener("click", () => show(newSample()));
  part("new-wall").addEventListener("click", newWall);
  part("keep").addEventListener("click", keep);
  part("save").addEventListener("click", () => savePicture([large], name));
  part("save-kept").addEventListener("click", () =>
    savePicture(kept.filter(each => !each.hidden).map(each => each.querySelector("canvas")), `${name}-kept`));
  part("reset")?.addEventListener("click", () => show(current));
  for (const direction of directions) direction.addEventListener("input", drawLarge);
  classes?.addEventListener("change", () => {
    if (classes.value !== "") show({ ...current, label: Number(classes.value) });
    newWall();
  });
  truncation.addEventListener("input", drawLarge);
  truncation.addEventListener("change", () => wall.forEach(drawOne));
  part("start").hidden = false;
}

// Starts what draws in the page, where the browser can; else says why not.
function startAll(selector, start) {
  for (const each of document.querySelectorAll(selector)) {
    each.querySelector('[data-part="no-scripts"]').hidden = true;
    if (typeof Worker === "function" && typeof DecompressionStream === "function") start(each);
    else tell(each, "old");
  }
}

startAll(".player", startPlayer);
