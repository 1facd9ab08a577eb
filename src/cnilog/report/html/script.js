"use strict";
(() => {
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const one = (selector) => document.querySelector(selector);
  const say = (text) => { one("#said").textContent = text; };

  // Copy buttons.
  for (const button of all(".copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const code = button.parentElement.querySelector("code");
      let done = true;
      try {
        await navigator.clipboard.writeText(code.textContent);
      } catch {
        const range = document.createRange();
        range.selectNodeContents(code);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        done = document.execCommand("copy");
      }
      button.textContent = done ? "Copied" : "Press Ctrl+C";
      say(button.textContent);
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }

  // Tables: sorted by a click on a heading, filtered by what is typed.
  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.v === undefined ? cell.textContent.trim() : cell.dataset.v;
  };
  const compare = (a, b) => {
    const x = Number(a), y = Number(b);
    if (a !== "" && b !== "" && !Number.isNaN(x) && !Number.isNaN(y)) return x - y;
    return a.localeCompare(b, "en", { numeric: true });
  };
  for (const table of all("table.sortable")) {
    const headings = all("thead th", table);
    headings.forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = heading.textContent;
      heading.textContent = "";
      heading.append(button);
      button.addEventListener("click", () => {
        const numeric = heading.classList.contains("number");
        const now = heading.getAttribute("aria-sort");
        const falling = now ? now === "ascending" : numeric;
        headings.forEach((other) => other.removeAttribute("aria-sort"));
        heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
        const rows = Array.from(table.tBodies[0].rows);
        rows.sort((a, b) => compare(value(a, column), value(b, column)) * (falling ? -1 : 1));
        table.tBodies[0].append(...rows);
      });
    });
  }
  for (const table of all("table.filterable")) {
    if (table.tBodies[0].rows.length < 4) continue;
    const label = document.createElement("label");
    label.className = "filter";
    label.textContent = "Filter";
    const input = document.createElement("input");
    input.type = "search";
    label.append(input);
    table.parentElement.before(label);
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let left = 0;
      for (const row of table.tBodies[0].rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        if (!row.hidden) left += 1;
      }
      say(`${left} rows`);
    });
  }

  // Charts: one span of time for all of them.
  const charts = all("svg.chart");
  if (charts.length) {
    const first = Number(charts[0].dataset.since), last = Number(charts[0].dataset.until);
    const left = Number(charts[0].dataset.left), width = Number(charts[0].dataset.width);
    const from = one("#zoom-from"), to = one("#zoom-to"), span = one("#zoom-span");
    const day = 86400;
    const sizes = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
      day, 2 * day, 5 * day, 10 * day, 20 * day, 50 * day, 100 * day, 365 * day, 3650 * day];
    const words = (time) => new Date(time * 1000).toISOString().replace("T", " ").slice(0, 19);
    const svg = (name, attributes) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, text] of Object.entries(attributes)) element.setAttribute(key, text);
      return element;
    };
    let shown = [first, last];
    const x = (time) => left + width * (time - shown[0]) / (shown[1] - shown[0]);
    const scale = (chart) => {
      const height = Number(chart.dataset.height);
      const size = sizes.find((step) => (shown[1] - shown[0]) / step <= 8) || 3650 * day;
      const ticks = [];
      for (let time = Math.ceil(shown[0] / size) * size; time <= shown[1]; time += size) {
        const text = svg("text", { x: x(time), y: height + 14 });
        const stamp = words(time);
        text.textContent = size < 60 ? stamp.slice(11) : size < day ? stamp.slice(11, 16) : stamp.slice(0, 10);
        ticks.push(svg("line", { x1: x(time), x2: x(time), y1: 0, y2: height }), text);
      }
      chart.querySelector(".ticks").replaceChildren(...ticks);
    };
    const draw = () => {
      for (const mark of all(".mark")) {
        const begin = x(Number(mark.dataset.s)), end = x(Number(mark.dataset.u));
        const point = mark.classList.contains("start") || mark.classList.contains("recovery");
        mark.setAttribute("x", begin);
        mark.setAttribute("width", point ? 2 : Math.max(3, end - begin));
      }
      charts.forEach(scale);
      span.textContent = `${words(shown[0])} to ${words(shown[1])} UTC`;
      from.value = String(Math.round(1000 * (shown[0] - first) / (last - first)));
      to.value = String(Math.round(1000 * (shown[1] - first) / (last - first)));
    };
    const zoom = (a, b) => {
      const least = (last - first) / 1000;
      shown = [Math.max(first, Math.min(a, last - least)), Math.min(last, Math.max(b, a + least))];
      draw();
    };
    const slid = (moved) => {
      let a = Number(from.value), b = Number(to.value);
      if (a >= b) { if (moved === from) a = b - 1; else b = a + 1; }
      zoom(first + (last - first) * a / 1000, first + (last - first) * b / 1000);
    };
    one("#zoom").hidden = false;
    from.addEventListener("input", () => slid(from));
    to.addEventListener("input", () => slid(to));
    one("#zoom-all").addEventListener("click", () => zoom(first, last));
    for (const chart of charts) {
      let brush = null, began = 0;
      const at = (event) => {
        const box = chart.getBoundingClientRect();
        const place = (event.clientX - box.left) * chart.viewBox.baseVal.width / box.width;
        return Math.max(left, Math.min(left + width, place));
      };
      const time = (place) => shown[0] + (shown[1] - shown[0]) * (place - left) / width;
      chart.addEventListener("pointerdown", (event) => {
        if (event.button !== 0 || event.pointerType === "touch") return;
        began = at(event);
        brush = svg("rect", { class: "brush", x: began, y: 0, width: 0, height: chart.dataset.height });
        chart.append(brush);
        chart.setPointerCapture(event.pointerId);
      });
      chart.addEventListener("pointermove", (event) => {
        if (!brush) return;
        brush.setAttribute("x", Math.min(began, at(event)));
        brush.setAttribute("width", Math.abs(at(event) - began));
      });
      chart.addEventListener("pointerup", (event) => {
        if (!brush) return;
        const ended = at(event);
        brush.remove();
        brush = null;
        if (Math.abs(ended - began) > 6) zoom(time(Math.min(began, ended)), time(Math.max(began, ended)));
      });
      chart.addEventListener("pointercancel", () => { if (brush) { brush.remove(); brush = null; } });
    }
    const boxes = all("#legend input");
    const filter = () => {
      const hidden = new Set(boxes.filter((box) => !box.checked).map((box) => box.dataset.shows || `kind ${box.dataset.kind}`));
      for (const mark of all("#lanes .mark")) {
        const kind = Array.from(mark.classList)[1];
        mark.classList.toggle("off", hidden.has(mark.dataset.id) || hidden.has(`kind ${kind}`));
      }
    };
    for (const box of boxes) {
      box.hidden = false;
      box.addEventListener("change", filter);
    }
    draw();
  }

  // What is folded is printed too.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("details:not([open])");
    opened.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => { opened.forEach((details) => { details.open = false; }); });

  // A link to a folded place opens it.
  const open = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const details = target && target.closest("details");
    if (details) details.open = true;
  };
  addEventListener("hashchange", open);
  open();
})();
