// Draws each [data-chart] from the JSON beside it: {"light": figure, "dark": changes}.
// Plotly itself is fetched when the first chart comes near the screen, not before.

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const config = { displayModeBar: false, scrollZoom: false, responsive: true };
const NARROW = 700;
// What a card leaves free beside its chart on a narrow screen.
const BESIDE = 80;
let library;
let onPaper = false;

function isDark() {
  if (onPaper) return false;
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : dark.matches;
}

function plotly() {
  library ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = document.querySelector('meta[name="plotly"]').content;
    script.onload = () => done(window.Plotly);
    script.onerror = failed;
    document.head.append(script);
  });
  return library;
}

// What is alike in both themes came once: dark is told as [path, value].
function unpack(pair, wantsDark) {
  const figure = pair.light;
  for (const [path, value] of wantsDark ? pair.dark : []) {
    const last = path.pop();
    path.reduce((place, key) => place[key], figure)[last] = value;
  }
  for (const line of figure.data) {
    if (typeof line.x === "number") line.x = figure.data[line.x].x;
  }
  return figure;
}

// Names in two lines would be turned upright where they are many: every other one
// stays, the last among them. Of months likewise.
function fewer({ tickvals, ticktext, dtick } = {}) {
  if (/^M\d+$/.test(dtick)) return { dtick: `M${2 * dtick.slice(1)}` };
  if (!ticktext?.some((text) => text.includes("<br>")) || ticktext.length < 5) return {};
  const stays = (_, at) => (ticktext.length - 1 - at) % 2 === 0;
  return { tickvals: tickvals.filter(stays), ticktext: ticktext.filter(stays) };
}

// More than two names stand under each other there, below the name of the axis.
function roomForNames({ data }, layout) {
  const named = data.filter(({ name, showlegend }) => name && showlegend !== false);
  if (!layout.showlegend || named.length < 3) return;
  const more = 20 * (named.length - 1);
  layout.margin = { ...layout.margin, t: layout.margin.t + more };
  layout.height += more;
}

async function draw(box) {
  if (!document.getElementById(box.dataset.chart)) return;
  try {
    await plotly();
    await paint(box);
  } catch {
    openTable(box);
  }
}

// Plotly draws before it answers, so a page about to be printed has its pictures.
function paint(box) {
  const source = document.getElementById(box.dataset.chart);
  const figure = unpack(JSON.parse(source.textContent), isDark());
  // What a card is wide on a sheet is told by app.css.
  const paper = onPaper && parseFloat(getComputedStyle(box).getPropertyValue("--sheet"));
  const narrow = (paper ? paper + BESIDE : window.innerWidth) < NARROW;
  const layout = { ...figure.layout, height: narrow ? 280 : 300 };
  if (narrow) {
    layout.xaxis = { ...layout.xaxis, nticks: 4, ...fewer(layout.xaxis) };
    roomForNames(figure, layout);
  }
  const first = box.dataset.drawn !== "yes";
  if (paper) layout.width = paper;
  const drawn = window.Plotly.react(box, figure.data, layout, config);
  if (first && layout.meta?.link) leadOn(box);
  box.dataset.drawn = "yes";
  box.toggleAttribute("data-paper", onPaper);
  box.dispatchEvent(new Event("drawn"));
  return drawn;
}

// A point leads to what it stands for; by keyboard the table's links do.
function leadOn(box) {
  box.classList.add("chart-links");
  box.on("plotly_click", ({ points }) => {
    const link = box.layout.meta.link;
    if (points[0]) window.location.assign(link.replace("{x}", points[0].x));
  });
}

// The numbers stay readable where the picture could not be drawn.
function openTable(box) {
  const table = box.parentElement?.querySelector("details");
  if (table) table.open = true;
}

function redraw() {
  for (const box of document.querySelectorAll("[data-chart][data-drawn]")) draw(box);
}

const watcher = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      watcher.unobserve(entry.target);
      draw(entry.target);
    }
  },
  { rootMargin: "200px" },
);

function watch(place) {
  for (const box of place.querySelectorAll("[data-chart]:not([data-drawn])")) {
    watcher.observe(box);
  }
}

dark.addEventListener("change", redraw);
new MutationObserver(redraw).observe(document.documentElement, {
  attributeFilter: ["data-theme"],
});
// What htmx put into the page may be a chart, or hold some.
document.addEventListener("htmx:load", (event) => {
  watch(event.detail.elt.parentElement ?? document);
});
document.addEventListener("htmx:beforeCleanupElement", (event) => {
  const box = event.detail.elt;
  if (box.dataset?.drawn && window.Plotly) window.Plotly.purge(box);
});
watch(document);

// On paper: light colours, the width of the sheet, also what was not yet in sight. The
// browser does not wait: what is not here by then is printed as its table.
function toPaper() {
  onPaper = true;
  if (!window.Plotly) return;
  for (const box of document.querySelectorAll("[data-chart]")) {
    try {
      paint(box);
    } catch {
      openTable(box);
    }
  }
}

function backToScreen() {
  onPaper = false;
  // A frame later the page has the width of the screen again, which Plotly must be told.
  requestAnimationFrame(async () => {
    for (const box of document.querySelectorAll("[data-paper]")) {
      await draw(box);
      window.Plotly.Plots.resize(box);
    }
  });
}

window.addEventListener("beforeprint", toPaper);
window.addEventListener("afterprint", backToScreen);

// What comes into a page only once it is in sight, and pictures not drawn yet.
const LATER = '[hx-trigger^="revealed"]';
const UNDRAWN = "[data-chart]:not([data-drawn])";

function loaded(part) {
  return new Promise((done) => {
    document.addEventListener("htmx:afterRequest", function heard({ detail }) {
      // Replaced by then, it is told of on its parent.
      if (detail.requestConfig.elt !== part) return;
      document.removeEventListener("htmx:afterRequest", heard);
      done();
    });
    window.htmx.trigger(part, "revealed");
  });
}

async function complete() {
  await Promise.all([...document.querySelectorAll(LATER)].map(loaded));
  await Promise.all([...document.querySelectorAll(UNDRAWN)].map(draw));
}

document.addEventListener("print:soon", ({ detail }) => detail.push(complete()));

// The keys for printing wait likewise, where there is something to wait for.
document.addEventListener("keydown", (event) => {
  const { key, ctrlKey, metaKey, shiftKey, altKey, repeat } = event;
  if (key !== "p" || !(ctrlKey || metaKey) || shiftKey || altKey) return;
  if (!document.querySelector(`${LATER}, ${UNDRAWN}`)) return;
  event.preventDefault();
  if (!repeat) document.dispatchEvent(new Event("print:asked"));
});
