// Tables that can be sorted: a press on a column's name sorts by it, a second the other way round, a third puts the
// rows back as they were. What a row is compared with stays at the bottom.
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const body = table.tBodies[0], headers = [...table.tHead.rows[0].cells];
  const inOrder = [...body.rows], rows = inOrder.filter(row => !row.classList.contains("reference"));
  const references = inOrder.filter(row => !rows.includes(row));
  if (rows.length < 2) continue;

  // A cell's number: its data-value, or what it starts with, `41.2` of `41.2 ± 0.8` and 42,100 of `42.1 k`.
  const sizes = { k: 1e3, M: 1e6, G: 1e9 };
  function number(cell) {
    const given = cell.querySelector("[data-value]");
    if (given) return Number(given.dataset.value);
    const found = cell.innerText.trim().match(/^([-−+]?[\d,]*\.?\d+(?:e[-+]?\d+)?)\s*([kMG]\b)?/i);
    return found ? Number(found[1].replace("−", "-").replaceAll(",", "")) * (sizes[found[2]] ?? 1) : NaN;
  }

  // Numbers where most cells hold one. A cell without stays behind the others, either way round.
  function sorted(column, way) {
    const cells = new Map(rows.map(row => [row, row.cells[column]]));
    const text = new Map(rows.map(row => [row, cells.get(row).innerText.trim()]));
    const numbers = new Map(rows.map(row => [row, number(cells.get(row))]));
    const filled = rows.filter(row => /[\p{L}\p{N}]/u.test(text.get(row)));
    const numeric = 2 * filled.filter(row => !isNaN(numbers.get(row))).length > filled.length;
    const known = filled.filter(row => !numeric || !isNaN(numbers.get(row)));
    const compare = (a, b) => numeric
      ? numbers.get(a) - numbers.get(b)
      : text.get(a).localeCompare(text.get(b), document.documentElement.lang, { numeric: true });
    known.sort((a, b) => way * compare(a, b));
    return [...known, ...rows.filter(row => !known.includes(row))];
  }

  const next = { undefined: "ascending", ascending: "descending", descending: undefined };
  headers.forEach((header, column) => {
    if (!header.textContent.trim()) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => {
      const way = next[header.getAttribute("aria-sort") ?? undefined];
      for (const each of headers) each.removeAttribute("aria-sort");
      if (way) header.setAttribute("aria-sort", way);
      body.append(...(way ? [...sorted(column, way === "ascending" ? 1 : -1), ...references] : inOrder));
    });
  });
  table.classList.add("sorts");
}
