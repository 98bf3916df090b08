// An autoencoder's code by hand: a picture that is dropped, chosen, painted or taken from above, the numbers that the
// encoder makes of it, and the picture that the decoder makes of those, which can be moved and switched off.

const LARGEST_FILE = 30e6, LARGEST_PICTURE = 64e6;  // bytes; pixels

// The width and height that a picture's file states, so that a huge one is refused before it is decoded: a small file can
// hold one that takes gigabytes. Null of anything but PNG, JPEG, WebP, GIF and BMP.
function sizeOfPicture(buffer) {
  const file = new DataView(buffer), byte = at => file.getUint8(at), short = at => file.getUint16(at, true);
  const starts = (text, at = 0) => [...text].every((letter, i) => byte(at + i) === letter.charCodeAt());
  try {
    if (starts("\x89PNG")) return [file.getUint32(16), file.getUint32(20)];
    if (starts("BM")) return byte(14) === 12 ? [short(18), short(20)] : [18, 22].map(at => Math.abs(file.getInt32(at, true)));
    if (starts("GIF8")) return sizeOfGif();
    if (starts("\xff\xd8")) return sizeOfJpeg();
    if (!starts("RIFF") || !starts("WEBP", 8)) return null;
    if (starts("VP8X", 12)) return [24, 27].map(at => 1 + (short(at) | byte(at + 2) << 16));
    if (starts("VP8L", 12)) return [0, 14].map(bit => 1 + (file.getUint32(21, true) >> bit & 0x3fff));
    return [26, 28].map(at => short(at) & 0x3fff);
  } catch {  // the file ends before
    return null;
  }

  // The screen, or the first picture where that is larger.
  function sizeOfGif() {
    let at = byte(10) & 0x80 ? 13 + 3 * 2 ** (1 + (byte(10) & 7)) : 13;
    for (; byte(at) !== 0x2c; at++)  // behind the extensions, which are made of blocks
      for (at += 2; byte(at); at += 1 + byte(at));
    return [0, 2].map(i => Math.max(short(6 + i), short(at + 1 + i) + short(at + 5 + i)));
  }

  // Of the frame, whose place behind other segments is not known.
  function sizeOfJpeg() {
    for (let at = 2;;) {
      while (byte(at) !== 0xff) at++;
      while (byte(at) === 0xff) at++;
      const marker = byte(at++);
      if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
        return [file.getUint16(at + 5), file.getUint16(at + 3)];
      if (marker > 1 && (marker < 0xd0 || marker > 0xd7)) at += file.getUint16(at);
    }
  }
}

// ask(message, options): of the player's pool. large: the canvas whose picture can be taken.
function startExplorer(player, record, ask, large) {
  const part = name => player.querySelector(`[data-part="${name}"]`), [height, width] = record.image_shape;
  const own = part("own"), rebuilt = part("rebuilt"), count = part("count"), cursor = part("cursor");
  const pen = own.getContext("2d", { willReadFrequently: true });
  const numbers = [...player.querySelectorAll('[data-part="number"]')].map(row => ({  // those that carry most first
    index: Number(row.dataset.index), isOn: row.querySelector('[type="checkbox"]'), slider: row.querySelector('[type="range"]'),
  }));
  let code = [];

  // --- the code and its picture -----------------------------------------------------------------------------

  async function answered(message, key) {
    try {
      return await ask(message, { key, first: true });
    } catch {
      tell(player, "failed");
    }
  }

  async function decode() {
    const used = Float32Array.from(code);
    for (const { index, isOn } of numbers) if (!isOn.checked) used[index] = record.codes.centre[index];
    const answer = await answered({ kind: "draw", codes: used, label: null }, rebuilt);
    if (!answer) return;
    showPixels(rebuilt, answer.pixels);
  }

  async function encode() {
    const { data } = pen.getImageData(0, 0, width, height);
    const image = Float32Array.from({ length: 3 * width * height }, (_, i) => data[4 * Math.floor(i / 3) + i % 3] / 127.5 - 1);
    const answer = await answered({ kind: "encode", image }, own);
    if (!answer) return;
    code = answer.codes;
    for (const { index, slider } of numbers) slider.value = code[index];
    decode();
  }

  // After other numbers have been switched on or off.
  function decodeOthers() {
    count.value = numbers.filter(each => each.isOn.checked).length;
    decode();
  }

  for (const { index, isOn, slider } of numbers) {
    isOn.addEventListener("change", decodeOthers);
    slider.addEventListener("input", () => {
      code[index] = slider.valueAsNumber;
      isOn.checked = true;
      decodeOthers();
    });
  }
  count.addEventListener("input", () => {
    numbers.forEach(({ isOn }, i) => { isOn.checked = i < count.valueAsNumber; });
    decode();
  });
  part("again").addEventListener("click", () => {
    for (const { isOn } of numbers) isOn.checked = true;
    count.value = numbers.length;
    encode();
  });

  // --- pictures from elsewhere ------------------------------------------------------------------------------

  // Shows the middle square of a picture.
  function take(picture) {
    const side = Math.min(picture.width, picture.height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, 0, 0, width, height);
    tell(player, null);
    encode();
  }

  async function open(file) {
    if (file?.size > LARGEST_FILE) return tell(player, "large");
    let picture;
    try {
      const [across, down] = sizeOfPicture(await file.arrayBuffer());
      if (across * down > LARGEST_PICTURE) return tell(player, "large");
      picture = await createImageBitmap(file);
    } catch {
      return tell(player, "unreadable");
    }
    pen.fillStyle = "#fff";  // behind what is transparent
    pen.fillRect(0, 0, width, height);
    take(picture);
    picture.close();
  }

  part("take").addEventListener("click", () => take(large));
  part("file").addEventListener("change", ({ target }) => {
    open(target.files[0]);
    target.value = "";  // so that the same file can be chosen again
  });
  const explorer = part("explorer");
  explorer.addEventListener("dragover", event => {
    event.preventDefault();
    explorer.classList.add("over");
  });
  explorer.addEventListener("dragleave", () => explorer.classList.remove("over"));
  explorer.addEventListener("drop", event => {
    event.preventDefault();
    explorer.classList.remove("over");
    open(event.dataTransfer.files[0]);
  });

  // --- painting ---------------------------------------------------------------------------------------------

  const brush = Math.max(1, Math.round(width / 16));  // pixels
  const place = { x: width >> 1, y: height >> 1 };  // of the keyboard's brush

  function dab(x, y) {
    pen.fillStyle = part("colour").value;
    pen.fillRect(Math.round(x - brush / 2), Math.round(y - brush / 2), brush, brush);
  }

  // A line to where the pointer is, from where it was.
  let last;
  function paint(event) {
    const box = own.getBoundingClientRect();
    const here = [(event.clientX - box.left) / box.width * width, (event.clientY - box.top) / box.height * height];
    const steps = last ? Math.ceil(Math.hypot(here[0] - last[0], here[1] - last[1])) : 0;
    for (let i = 0; i < steps; i++) dab(...between(last, here, i / steps));
    dab(...here);
    last = here;
    encode();
  }

  own.addEventListener("pointerdown", event => {
    event.preventDefault();
    own.setPointerCapture(event.pointerId);
    own.focus({ focusVisible: false });
    last = undefined;
    paint(event);
  });
  own.addEventListener("pointermove", event => { if (own.hasPointerCapture(event.pointerId)) paint(event); });

  function moveCursor() {
    cursor.style.left = `${100 * place.x / width}%`;
    cursor.style.top = `${100 * place.y / height}%`;
  }

  own.addEventListener("keydown", event => {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], " ": [0, 0] }[event.key] ?? [];
    if (dx === undefined) return;
    event.preventDefault();
    place.x = Math.min(Math.max(place.x + dx, 0), width);
    place.y = Math.min(Math.max(place.y + dy, 0), height);
    moveCursor();
    if (event.key !== " " && !event.shiftKey) return;  // with Shift, moving paints
    dab(place.x, place.y);
    encode();
  });
  part("fill").addEventListener("click", () => {
    pen.fillStyle = part("colour").value;
    pen.fillRect(0, 0, width, height);
    encode();
  });

  cursor.style.width = `${100 * brush / width}%`;
  moveCursor();
  take(large);
}
