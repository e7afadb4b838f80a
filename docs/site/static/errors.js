// Copyright (c) mlops.elastic contributors (@mlops-elastic)
// SPDX-License-Identifier: GPL-3.0-or-later

// On the page of errors: a field for a message, which leaves the rows whose words occur in it, or that contain it.
document.addEventListener("DOMContentLoaded", () => {
  const page = document.getElementById("errors");
  if (!page) return;

  const plain = (text) => text.toLowerCase().replace(/\s+/g, " ").trim();
  const pattern = (words) =>
    new RegExp(plain(words).split("…").map((part) => part.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*"));
  const tables = [...page.querySelectorAll("table")];
  const rows = tables.flatMap((table) => [...table.querySelectorAll("tbody tr")]).map((row) => ({
    row,
    text: plain(row.textContent),
    patterns: [...row.cells[0].querySelectorAll("code")].map((code) => pattern(code.textContent)),
  }));

  const field = document.createElement("input");
  field.type = "search";
  field.placeholder = "Paste a message, or some of its words";
  field.setAttribute("aria-label", field.placeholder);
  field.style.cssText = "width: 100%; margin-bottom: 1.5em";
  field.addEventListener("input", () => {
    const asked = plain(field.value);
    for (const { row, text, patterns } of rows) {
      row.hidden = asked !== "" && !text.includes(asked) && !patterns.some((words) => words.test(asked));
    }
    for (const table of tables) {
      table.closest("section").hidden = ![...table.querySelectorAll("tbody tr")].some((row) => !row.hidden);
    }
  });
  page.querySelector("h1").after(field);
});
