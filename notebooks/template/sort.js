// Sortable tables: click a column's name to sort by it, again to reverse the order, and a third time to restore the
// initial order. Reference rows stay at the bottom.
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const body = table.tBodies[0], headers = [...table.tHead.rows[0].cells];
  const inOrder = [...body.rows], rows = inOrder.filter(row => !row.classList.contains("reference"));
  const references = inOrder.filter(row => !rows.includes(row));
  if (rows.length < 2) continue;

  // The number of a cell: its data-value, or the number it starts with: 41.2 for `41.2 ± 0.8`, 42,100 for `42.1 k`.
  const sizes = { k: 1e3, M: 1e6, G: 1e9 };
  function number(cell) {
    const given = cell.querySelector("[data-value]");
    if (given) return Number(given.dataset.value);
    const found = cell.innerText.trim().match(/^([-−+]?[\d,]*\.?\d+(?:e[-+]?\d+)?)\s*([kMG]\b)?/i);
    return found ? Number(found[1].replace("−", "-").replaceAll(",", "")) * (sizes[found[2]] ?? 1) : NaN;
  }

  // Sorts by number if most cells start with one. Cells without one come last in either order.
  function sorted(column, direction) {
    const cells = new Map(rows.map(row => [row, row.cells[column]]));
    const text = new Map(rows.map(row => [row, cells.get(row).innerText.trim()]));
    const numbers = new Map(rows.map(row => [row, number(cells.get(row))]));
    const filled = rows.filter(row => /[\p{L}\p{N}]/u.test(text.get(row)));
    const numeric = 2 * filled.filter(row => !isNaN(numbers.get(row))).length > filled.length;
    const known = filled.filter(row => !numeric || !isNaN(numbers.get(row)));
    const compare = (a, b) => numeric
      ? numbers.get(a) - numbers.get(b)
      : text.get(a).localeCompare(text.get(b), document.documentElement.lang, { numeric: true });
    known.sort((a, b) => direction * compare(a, b));
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
      const direction = next[header.getAttribute("aria-sort") ?? undefined];
      for (const each of headers) each.removeAttribute("aria-sort");
      if (direction) header.setAttribute("aria-sort", direction);
      body.append(...(direction ? [...sorted(column, direction === "ascending" ? 1 : -1), ...references] : inOrder));
    });
  });
  table.classList.add("sorts");
}
