// Two charts, as SVG in the page's own colours: columns over time, and a line that runs down.

const COLOURS = 5;
const HEIGHT = 208;
const MARGIN = { top: 14, right: 4, bottom: 24, left: 50 };

/** Round steps for an axis from 0 to at least `top`; whole ones where only whole things are counted. */
function ticksTo(top, isWhole) {
  if (!(top > 0)) return [0, 1];
  const rough = top / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  let step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough);
  if (isWhole) step = Math.max(1, Math.ceil(step));
  const count = Math.ceil(top / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, at) => Number((at * step).toPrecision(12)));
}

const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
const tickName = (value) => (value >= 10000 ? compact.format(value) : amount(value));

/**
 * Each line with its colour, the same in every chart and whatever is chosen: its place among all of its kind.
 * Those beyond the five colours are one.
 */
function coloured(series, places) {
  const own = series.map((one) => ({ ...one, colour: places.indexOf(one.key) })).sort((a, b) => a.colour - b.colour);
  const rest = own.filter((one) => one.colour >= COLOURS);
  if (rest.length < 2) return own;
  const values = rest[0].values.map((_, at) => rest.reduce((total, one) => total + one.values[at], 0));
  const total = rest.reduce((all, one) => all + one.total, 0);
  return [...own.filter((one) => one.colour < COLOURS), { key: "", name: `${rest.length} others`, total, values, colour: COLOURS }];
}

const swatch = (colour) => svg("svg", { class: "swatch", viewBox: "0 0 12 12", "aria-hidden": "true" },
  svg("rect", { width: 12, height: 12, rx: 2, class: `s${colour}` }),
  svg("rect", { width: 12, height: 12, rx: 2, class: `t${colour}` }));

/**
 * Stacked columns over time. Arrow keys, a pointer or a finger say what a column holds.
 *
 * series: [{key, name, total, values}], one value per bucket; places: keys in the order of their colours; rule: {value, label} or null; say: a value in its unit.
 */
function columnChart({ id, title, description, buckets, grain, series, places, rule, say, isWhole }) {
  const shown = coloured(series, places);
  const totals = buckets.map((_, at) => shown.reduce((total, one) => total + one.values[at], 0));
  const most = Math.max(0, ...totals);
  // A rule far above would press the columns flat.
  const isRuleShown = rule !== null && rule !== undefined && rule.value <= 3 * most;
  const ticks = ticksTo(Math.max(most, isRuleShown ? rule.value : 0), isWhole);
  const resting = most > 0
    ? `Most: ${say(most)}, ${bucketName(buckets[totals.indexOf(most)], grain)}.` : "Nothing in this period.";
  const readout = el("p", { class: "readout", "aria-live": "polite" }, resting);
  const drawing = svg("svg", { class: "plot", role: "img", tabindex: "0", "aria-labelledby": `${id}-title ${id}-about` });
  let current = -1;

  const tell = (at) => {
    current = at;
    const cursor = drawing.querySelector(".cursor");
    if (cursor) cursor.setAttribute("class", at < 0 ? "cursor unseen" : "cursor");
    if (at < 0) return void (readout.textContent = resting);
    if (cursor) cursor.setAttribute("x", drawing.step * at + MARGIN.left);
    const parts = shown.filter((one) => one.values[at] > 0).map((one) => `${one.name} ${say(one.values[at])}`);
    readout.textContent = `${bucketName(buckets[at], grain)}: ${say(totals[at])}${parts.length ? ` (${parts.join(", ")})` : ""}`;
  };

  const draw = (width) => {
    const inner = width - MARGIN.left - MARGIN.right;
    const high = HEIGHT - MARGIN.top - MARGIN.bottom;
    const y = (value) => MARGIN.top + high * (1 - value / ticks[ticks.length - 1]);
    const step = inner / buckets.length;
    const wide = Math.max(1, Math.min(step - (step > 4 ? 2 : 0.5), 44));
    drawing.step = step;
    drawing.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    const labelEvery = Math.max(1, Math.ceil(((grain === "month" ? 58 : 84) * buckets.length) / inner));
    const parts = [
      svg("title", { id: `${id}-title` }, title),
      svg("desc", { id: `${id}-about` }, description),
      svg("rect", { class: "cursor unseen", y: MARGIN.top, width: step, height: high }),
      ticks.map((tick) => [
        svg("line", { class: tick === 0 ? "axis" : "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(tick), y2: y(tick) }),
        svg("text", { class: "tick", x: MARGIN.left - 8, y: y(tick) + 4, "text-anchor": "end" }, tickName(tick)),
      ]),
      buckets.map((bucket, at) => {
        const x = MARGIN.left + step * at + (step - wide) / 2;
        let below = 0;
        const stack = shown.map((one) => {
          const value = one.values[at];
          if (!(value > 0)) return null;
          const top = y(below + value);
          const tall = y(below) - top;
          below += value;
          // A hairline parts one segment from the next.
          const box = { x, width: wide, y: top, height: Math.max(0.5, tall - (tall > 3 ? 1 : 0)) };
          return [svg("rect", { ...box, class: `s${one.colour}` }), wide > 3 ? svg("rect", { ...box, class: `t${one.colour}` }) : null];
        });
        const isLabelled = (buckets.length - 1 - at) % labelEvery === 0 && (x > MARGIN.left + 24 || at === 0);
        return [stack, isLabelled && svg("text", {
          class: "tick", y: HEIGHT - 6,
          x: at === buckets.length - 1 && buckets.length > 8 ? width - MARGIN.right : x + wide / 2,
          "text-anchor": at === buckets.length - 1 && buckets.length > 8 ? "end" : "middle",
        }, grain === "month" ? bucket.slice(0, 7) : bucket)];
      }),
      isRuleShown && [
        svg("line", { class: "rule", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(rule.value), y2: y(rule.value) }),
        svg("text", { class: "rule-name", x: width - MARGIN.right, y: y(rule.value) - 5, "text-anchor": "end" }, rule.label),
      ],
    ];
    drawing.replaceChildren();
    add(drawing, parts);
  };

  const at = (event) => {
    const box = drawing.getBoundingClientRect();
    const place = Math.floor((((event.clientX - box.left) / box.width) * drawing.viewBox.baseVal.width - MARGIN.left) / drawing.step);
    return place >= 0 && place < buckets.length ? place : -1;
  };
  drawing.addEventListener("pointermove", (event) => tell(at(event)));
  drawing.addEventListener("pointerdown", (event) => tell(at(event)));
  drawing.addEventListener("pointerleave", () => tell(-1));
  drawing.addEventListener("blur", () => tell(-1));
  drawing.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: current < 0 ? buckets.length - 1 : Math.max(0, current - 1),
      ArrowRight: Math.min(buckets.length - 1, current + 1), Home: 0, End: buckets.length - 1, Escape: -1 };
    if (!(event.key in moves)) return;
    event.preventDefault();
    tell(moves[event.key]);
  });
  const legend = el("ul", { class: "legend" }, shown.map((one) =>
    el("li", {}, swatch(one.colour), el("span", {}, one.name), el("span", { class: "muted" }, say(one.total)))));
  const chart = el("div", { class: "chart" }, readout, drawing, legend,
    rule && !isRuleShown && el("p", { class: "muted small" }, `The ${rule.label} is far above what was spent; it is not drawn.`));
  fit(chart, drawing, draw);
  return chart;
}

/** What was left at each reading, and where the pace leads: to nothing, or to the period's end. */
function runwayLine({ id, title, description, points, end, height = 64 }) {
  const drawing = svg("svg", { class: "plot line", role: "img", "aria-labelledby": `${id}-title ${id}-about` });
  const last = points[points.length - 1];
  const until = end ? end.day : last.day;
  const span = Math.max(1, daysBetween(points[0].day, until));
  const most = Math.max(...points.map((point) => point.value), 1);
  const draw = (width) => {
    const x = (day) => 3 + ((width - 6) * daysBetween(points[0].day, day)) / span;
    const y = (value) => 4 + (height - 8) * (1 - value / most);
    const path = points.map((point, at) => `${at ? "L" : "M"}${x(point.day).toFixed(1)} ${y(point.value).toFixed(1)}`).join("");
    drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    drawing.replaceChildren();
    add(drawing, [
      svg("title", { id: `${id}-title` }, title),
      svg("desc", { id: `${id}-about` }, description),
      svg("line", { class: "axis", x1: 0, x2: width, y1: y(0), y2: y(0) }),
      svg("path", { class: "area", d: `${path}L${x(last.day).toFixed(1)} ${y(0)}L${x(points[0].day).toFixed(1)} ${y(0)}Z` }),
      svg("path", { class: "run", d: path }),
      end && svg("line", { class: "ahead", x1: x(last.day), y1: y(last.value), x2: x(end.day), y2: y(end.value) }),
      svg("circle", { class: "dot", cx: x(last.day), cy: y(last.value), r: 3 }),
    ]);
  };
  fit(drawing, drawing, draw);
  return drawing;
}

/** Draws anew whenever there is another width, so that text keeps its size; the printer scales the drawing. */
const sizes = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const width = Math.round(contentRect.width);
    if (width > 0 && width !== target.drawnAt) { target.drawnAt = width; target.draw(width); }
  }
});

function fit(node, drawing, draw) {
  node.draw = draw;
  sizes.observe(node);
}

/** The patterns that tell colours apart without seeing them. */
const textures = () => svg("svg", { class: "textures", "aria-hidden": "true", width: 0, height: 0 }, svg("defs", {},
  svg("pattern", { id: "stripes", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("line", { class: "texture", x1: 0, x2: 0, y1: 0, y2: 5 })),
  svg("pattern", { id: "dots", width: 5, height: 5, patternUnits: "userSpaceOnUse" },
    svg("circle", { class: "texture-dot", cx: 2.5, cy: 2.5, r: 1 })),
  svg("pattern", { id: "bands", width: 5, height: 5, patternUnits: "userSpaceOnUse" },
    svg("line", { class: "texture", x1: 0, x2: 5, y1: 0, y2: 0 }))));
