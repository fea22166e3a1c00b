// The interactive version of a picture, for reading off and zooming. Loaded on the pages of those figures that have one;
// plotly's script comes when it is asked for. All that it draws is in the static picture and in the table too.
"use strict";

const MARGIN_OF_LEGEND = 26;
const LEAST_WIDTH = 600;
const WORDS = { there: "Interactive version", back: "Back to the static picture" };

function theme() {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(`--${name}`).trim();
  const series = { ink: value("ink"), soft: value("muted"), band: value("bar-span") };
  for (let number = 1; number <= 6; number += 1) series[number] = value(`series-${number}`);
  return { ink: value("ink"), soft: value("ink-soft"), rule: value("rule"), mark: value("half"), ground: value("ground"), font: value("sans"), series };
}

// plotly sets bold type by an inline style, which the policy forbids.
const plain = (text) => text.replace(/<\/?b>/g, "");

// Colours and type are the style sheet's; the figure data names the series only.
function styled(figure, width) {
  const look = theme();
  const data = figure.data.map((trace) => {
    const colour = look.series[trace.meta.series];
    const area = trace.fill === "toself";
    return {
      ...trace,
      line: { ...trace.line, color: colour },
      ...(area && { fillcolor: colour, opacity: 0.45 }),
      ...(trace.marker && { marker: { ...trace.marker, color: colour, line: { color: colour, width: trace.marker.symbol.endsWith("-open") ? 2 : 1 } } }),
    };
  });
  const named = data.filter((trace) => trace.showlegend !== false).length;
  const rows = Math.ceil(named / Math.max(1, Math.floor(width / 260)));
  const top = figure.layout.margin.t + MARGIN_OF_LEGEND * rows;
  const axis = { fixedrange: false, zeroline: false, gridcolor: look.rule, linecolor: look.ink };
  const layout = {
    ...figure.layout,
    width,
    height: figure.layout.height + top,
    margin: { ...figure.layout.margin, t: top },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: look.font, size: 13, color: look.soft },
    hoverlabel: { bgcolor: look.ground, bordercolor: look.ink, font: { family: look.font, color: look.ink }, align: "left" },
    hovermode: "closest",
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    showlegend: true,
    legend: { ...figure.layout.legend, orientation: "h", x: 0, xref: "container", y: 1, yref: "container", yanchor: "top", itemwidth: 30 },
    xaxis: { ...axis, ...figure.layout.xaxis, ticktext: figure.layout.xaxis.ticktext.map(plain), showline: true },
    yaxis: { ...axis, ...figure.layout.yaxis, ticktext: figure.layout.yaxis.ticktext.map(plain), fixedrange: true },
    shapes: figure.layout.shapes.map((shape) => ({ ...shape, layer: "below", line: { width: 1, ...shape.line, color: shape.name === "mark" ? look.mark : look.rule } })),
  };
  return { data, layout, config: { displayModeBar: false, displaylogo: false, responsive: false, showTips: false } };
}

// The strict Content-Security-Policy lets no script add style rules. Where elements with these names are there already,
// plotly does not try: its own rules stand in the site's style sheet, those of its maps (by the name in plotly 7.1) are not needed.
const NO_STYLES = ["plotly.js-style-global", "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53"];

function withoutInlineStyles() {
  for (const name of NO_STYLES) {
    const mark = document.createElement("meta");
    mark.id = name;
    mark.className = "no-inline-styles";
    document.head.append(mark);
  }
}

function load(source) {
  return new Promise((resolve, reject) => {
    if (window.Plotly) return resolve();
    withoutInlineStyles();
    const script = document.createElement("script");
    script.src = source;
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => reject(new Error("the drawing library did not load")));
    document.head.append(script);
    return undefined;
  });
}

async function read(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the numbers did not load (${response.status})`);
  return response.json();
}

// Draws below the static picture and hides that; returns what takes it away again.
async function draw(holder, picture) {
  const [figure] = await Promise.all([read(holder.dataset.figure), load(holder.dataset.plotly)]);
  const target = document.createElement("div");
  target.className = "interactive__plot";
  picture.after(target);
  picture.hidden = true;
  const show = () => {
    const { data, layout, config } = styled(figure, Math.max(target.clientWidth, LEAST_WIDTH));
    return window.Plotly.react(target, data, layout, config);
  };
  await show();
  // A mark leads to its records: the address stands at the end of what it carries.
  target.on("plotly_click", (event) => {
    const path = event.points[0].customdata?.at(-1);
    if (String(path).startsWith("/")) location.assign(path);
  });
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", show);
  let width = target.clientWidth;
  const resized = new ResizeObserver(() => {
    if (target.clientWidth === width) return;
    width = target.clientWidth;
    show();
  });
  resized.observe(target);
  return () => {
    resized.disconnect();
    scheme.removeEventListener("change", show);
    window.Plotly.purge(target);
    target.remove();
    picture.hidden = false;
  };
}

// One button goes there and back. It is never disabled or replaced, so whoever pressed it keeps the focus.
function offer(holder) {
  const button = holder.querySelector("button");
  const status = holder.querySelector("[role=status]");
  const picture = (holder.closest("figure") ?? holder).querySelector(".figure__picture");
  let undo = null;
  let isBusy = false;
  const toggle = async () => {
    if (isBusy) return;
    if (undo) {
      undo();
      undo = null;
      button.textContent = WORDS.there;
      status.textContent = "";
      return;
    }
    isBusy = true;
    button.setAttribute("aria-busy", "true");
    status.textContent = "Loading the interactive version…";
    try {
      undo = await draw(holder, picture);
      button.textContent = WORDS.back;
      status.textContent = matchMedia("(pointer: coarse)").matches
        ? "Tap a mark to open its releases."
        : "Point at a mark to read it, click it for its releases; drag across to look closer, double-click to see all.";
    } catch (error) {
      status.textContent = `Not possible: ${error.message}. The picture and the table hold the same.`;
    }
    button.removeAttribute("aria-busy");
    isBusy = false;
  };
  button.textContent = WORDS.there;
  button.hidden = false;
  button.addEventListener("click", toggle);
  if (location.hash === "#interactive") toggle();
}

for (const holder of document.querySelectorAll("[data-figure]")) offer(holder);
