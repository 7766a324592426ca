// Draws each [data-chart] from the JSON beside it: {"light": figure, "dark": figure}.

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const config = { displayModeBar: false, scrollZoom: false, responsive: true };

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : dark.matches;
}

function draw(box) {
  const source = document.getElementById(box.dataset.chart);
  if (!source || !window.Plotly) return;
  const pair = JSON.parse(source.textContent);
  const figure = pair[isDark() ? "dark" : "light"];
  const layout = { ...figure.layout, height: window.innerWidth < 700 ? 280 : 300 };
  window.Plotly.react(box, figure.data, layout, { ...config, ...figure.config })
    .then(() => {
      box.dataset.drawn = "yes";
      box.dispatchEvent(new Event("drawn"));
    })
    .catch(() => openTable(box));
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

function start() {
  for (const box of document.querySelectorAll("[data-chart]")) {
    if (window.Plotly) watcher.observe(box);
    else openTable(box);
  }
}

dark.addEventListener("change", redraw);
new MutationObserver(redraw).observe(document.documentElement, {
  attributeFilter: ["data-theme"],
});
start();
