// Copyright (c) mlops.elastic contributors (@mlops-elastic)
// SPDX-License-Identifier: GPL-3.0-or-later
// Filters and sorts; the page is whole without it.
(() => {
  "use strict";
  const controls = document.getElementById("controls");
  const filter = document.getElementById("filter");
  const only = document.getElementById("only");
  const rows = [...document.querySelectorAll(".listing tbody tr")].map((row) => ({
    row,
    text: row.textContent.toLowerCase(),
    troubled: row.classList.contains("troubled"),
  }));

  const show = () => {
    const wanted = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, text, troubled } of rows) {
      const fits = (troubled || !only.checked) && wanted.every((word) => text.includes(word));
      row.hidden = !fits;
      shown += fits;
    }
    document.getElementById("shown").textContent = shown === rows.length ? "" : `${shown} of ${rows.length} shown`;
  };

  const valueOf = (row, column) => {
    const cell = row.cells[column];
    const value = cell.dataset.value ?? cell.textContent.trim();
    return value !== "" && Number.isFinite(Number(value)) ? Number(value) : value;
  };

  const compared = (a, b) => {
    if (a === "" || b === "") return (a === "") - (b === "");
    return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
  };

  const sort = (heading) => {
    const table = heading.closest("table");
    const ascending = heading.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    const column = heading.cellIndex;
    const body = table.tBodies[0];
    const ordered = [...body.rows].map((row) => ({ row, value: valueOf(row, column) }));
    const empty = (entry) => entry.value === "";
    ordered.sort((a, b) => (ascending || empty(a) || empty(b) ? 1 : -1) * compared(a.value, b.value));
    body.append(...ordered.map((entry) => entry.row));
  };

  for (const heading of document.querySelectorAll(".listing thead th")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(heading));
  }
  controls.addEventListener("submit", (event) => event.preventDefault());
  filter.addEventListener("input", show);
  only.addEventListener("change", show);
  controls.hidden = rows.length === 0;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.activeElement === filter) {
      filter.value = "";
      show();
    }
  });
})();
