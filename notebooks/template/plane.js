// Latent plane: mark an image of the grid by dragging or with the sliders, and show it enlarged.
for (const plane of document.querySelectorAll(".plane")) {
  const rows = Number(plane.dataset.rows), columns = Number(plane.dataset.columns);
  const [pad, mark, large] = [".pad", ".mark", ".large"].map(part => plane.querySelector(part));
  const [across, up] = plane.querySelectorAll("input");

  function show() {
    const column = across.valueAsNumber - 1, row = up ? rows - up.valueAsNumber : 0;
    const percent = (place, count) => `${count > 1 ? 100 * place / (count - 1) : 0}%`;
    large.style.backgroundPosition = `${percent(column, columns)} ${percent(row, rows)}`;
    mark.style.left = `${100 * column / columns}%`;
    mark.style.top = `${100 * row / rows}%`;
  }

  function drag(event) {
    const box = pad.getBoundingClientRect();
    const place = (at, size, count) => Math.min(count - 1, Math.max(0, Math.floor(at / size * count)));
    across.value = 1 + place(event.clientX - box.left, box.width, columns);
    if (up) up.value = rows - place(event.clientY - box.top, box.height, rows);
    show();
  }

  pad.addEventListener("pointerdown", event => {
    event.preventDefault();
    pad.setPointerCapture(event.pointerId);
    drag(event);
  });
  pad.addEventListener("pointermove", event => { if (pad.hasPointerCapture(event.pointerId)) drag(event); });
  plane.addEventListener("input", show);

  large.style.backgroundImage = `url(${pad.querySelector("img").src})`;
  large.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
  mark.style.width = `${100 / columns}%`;
  mark.style.height = `${100 / rows}%`;
  plane.querySelector(".sliders").hidden = false;
  plane.classList.add("live");
  show();
}
