// Puts the sections together, and again whenever something else is chosen.

function control(name, label, options) {
  return el("label", { class: "control" }, el("span", {}, label),
    el("select", { id: `filter-${name === "type" ? "credit-type" : name}`, onchange: (event) => choose(name, event.target.value) },
      options.map(([value, text]) => el("option", { value, selected: choice[name] === value }, text))));
}

function controls() {
  return [
    control("provider", "Provider", [["all", "All"], ...providers.map((one) => [one, nameOf(one)])]),
    control("type", "Credits", [["all", "All, each by itself"], ...typesToChoose().map((key) => [key, typeName(...key.split("/"))]), ...(isPriced ? [["usd", "US dollars"]] : [])]),
    control("period", "Period", Object.entries(PERIODS).sort(([a], [b]) => (a === "all") - (b === "all") || a - b)),
  ];
}

function choose(name, value) {
  choice[name] = value;
  if (isOneType() && !typesToChoose().includes(choice.type)) choice.type = "all";
  rememberChoice();
  const focused = document.activeElement && document.activeElement.id;
  draw();
  if (focused) document.getElementById(focused)?.focus();
}

function draw() {
  sizes.disconnect();
  document.getElementById("controls").replaceChildren(...(read.published ? controls() : []), themeButton());
  document.getElementById("main").replaceChildren(...(read.published
    ? [tiles(), leftSection(), spentSection(), broughtSection(), trustSection()] : [unpublished()]));
}

function unpublished() {
  return el("div", { class: "welcome", "data-notice": "unpublished" },
    el("h2", {}, "Nothing is published yet"),
    el("p", {}, "This page shows what is left of your credits, what was spent on what, and whether it was worth it. It needs a published copy of the marts:"),
    el("ol", {},
      el("li", {}, "Run ", code("leadhouse sync"), " with your keys."),
      el("li", {}, "Then run ", code("leadhouse dashboard"), " to write this page anew.")),
    el("p", {}, "Without any key, ", code("leadhouse demo"), " plays three days and writes a dashboard of its own."),
    el("p", { class: "muted" }, "To have it written at the end of each build, set ", code("after_build = true"), " under ", code("[dashboard]"), " in ", code(".dlt/config.toml"), "."));
}

// --- light and dark -----------------------------------------------------------------------------------------------

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme || (systemIsDark.matches ? "dark" : "light")) === "dark";

function themeButton() {
  return el("button", { type: "button", id: "theme", class: "theme", onclick: () => {
    setTheme(isDark() ? "light" : "dark");
    document.getElementById("theme").replaceWith(themeButton());
    document.getElementById("theme").focus();
  } }, isDark() ? "☀ Light" : "☾ Dark");
}

// Some browsers refuse a file any storage; the system's theme does then.
function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  try { localStorage.setItem("leadhouse-theme", theme); } catch { /* as the system has it */ }
}

function recallTheme() {
  try {
    const theme = localStorage.getItem("leadhouse-theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch { /* as the system has it */ }
}

recallTheme();
recallChoice();
document.body.prepend(textures());
const lastSync = book.syncs.map((row) => row.as_of).sort().pop();
document.getElementById("as-of").textContent = `As of ${read.today}${lastSync ? `; last sync ${moment(lastSync)} UTC` : ""}`;
document.getElementById("footer").textContent = `Written by leadhouse dashboard, ${moment(read.made_at)} UTC. Times are UTC. This file holds counts and credits, no people.`;
draw();
systemIsDark.addEventListener("change", () => document.getElementById("theme").replaceWith(themeButton()));
document.body.dataset.ready = "true";
