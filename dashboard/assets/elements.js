// Elements of the page. Text only ever becomes text: nothing that was read is taken for markup.

function add(node, children) {
  for (const child of children.flat(9)) if (child !== null && child !== undefined && child !== false) node.append(child);
  return node;
}

function decorate(node, attributes) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "onclick" || name === "onchange") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  return node;
}

const el = (tag, attributes, ...children) => add(decorate(document.createElement(tag), attributes), children);
const svg = (tag, attributes, ...children) =>
  add(decorate(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes), children);

/** What a test reads: six decimals at most, nothing where it is unknown. */
function plain(value) {
  if (value === null || value === undefined) return "";
  return typeof value === "number" ? String(Number(value.toFixed(6))) : String(value);
}

/** A figure, in the words of a person, with its plain value and whose it is. */
function figure(name, value, text, of, attributes) {
  const whose = Object.entries(of || {}).map(([key, one]) => [`data-${key}`, one === null ? "" : plain(one)]);
  return el("span", { "data-figure": name, "data-value": plain(value), ...Object.fromEntries(whose), ...attributes }, text);
}

const ofType = (row) => ({ provider: row.provider, "credit-type": row.credit_type });

/** A share of a whole as a bar, with the same in words for those who do not see it. */
function meterBar(share, label, kind) {
  const bar = el("span", { class: "meter-fill" });
  bar.style.width = `${Math.max(0, Math.min(1, share || 0)) * 100}%`;
  return el("span", { class: `meter ${kind || ""}`, role: "img", "aria-label": label }, bar);
}

/**
 * A table. A column is `{label, number}`; a row its cells, each text or an element.
 * Wide tables scroll in a box of their own; `stacked` ones become a list of cards on a phone.
 */
function table(caption, columns, rows, { stacked = true, foot = null, hiddenCaption = false } = {}) {
  const line = (cells, head) => el("tr", {}, cells.map((cell, at) =>
    el(head || at === 0 ? "th" : "td", {
      scope: head ? "col" : at === 0 ? "row" : null,
      class: columns[at].number ? "number" : null,
      "data-label": head ? null : columns[at].label,
    }, cell)));
  return el("div", { class: `table ${stacked ? "stacked" : "wide"}`, role: "region", "aria-label": caption, tabindex: "0" },
    el("table", {},
      el("caption", { class: hiddenCaption ? "unseen" : null }, caption),
      el("thead", {}, line(columns.map((column) => column.label), true)),
      el("tbody", {}, rows.map((cells) => line(cells))),
      foot && el("tfoot", {}, line(foot))));
}

const more = (label, ...content) => el("details", {}, el("summary", {}, label), content);

function notice(kind, title, ...content) {
  return el("div", { class: "notice", "data-notice": kind }, el("p", { class: "strong" }, title), content);
}

const code = (text) => el("code", {}, text);

/** State in a shape, a colour and a word. */
const SHAPES = { good: "●", warning: "▲", bad: "■", unknown: "○" };
const state = (kind, ...text) =>
  el("span", { class: `state ${kind}` }, el("span", { class: "shape", "aria-hidden": "true" }, SHAPES[kind]), " ", text);
