// Sortable tables: each column heading of a table of class "sortable" becomes a button.
"use strict";
(() => {
  for (const table of document.querySelectorAll("table.sortable")) {
    for (const heading of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => sort(table, heading));
    }
  }

  function sort(table, heading) {
    const direction = heading.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", direction);
    const value = heading.classList.contains("number") ? number : text;
    const sign = direction === "ascending" ? 1 : -1;
    const rows = [...table.tBodies[0].rows].map((row) => [value(row.cells[heading.cellIndex]), row]);
    rows.sort(([a], [b]) => compare(a, b, sign));
    table.tBodies[0].append(...rows.map(([, row]) => row));
  }

  // The first number in a cell: the mean of "0.17 [0.15, 0.19]"; NaN where there is none ("diverged").
  function number(cell) {
    return parseFloat(cell.textContent.replaceAll(",", ""));
  }

  function text(cell) {
    return cell.textContent.trim();
  }

  // What is no number comes last in either direction.
  function compare(a, b, sign) {
    if (typeof a === "string") return sign * a.localeCompare(b);
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
    return sign * (a - b);
  }
})();
