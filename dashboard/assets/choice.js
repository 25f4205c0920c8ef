// The document, and which part of it is looked at.

const read = JSON.parse(document.getElementById("data").textContent);

/** Rows of a table that came column by column. */
function rowsOf(columns) {
  const names = Object.keys(columns);
  const values = names.map((name) =>
    Array.isArray(columns[name]) ? columns[name] : columns[name].at.map((place) => columns[name].words[place])
  );
  return (values[0] || []).map((_, row) => Object.fromEntries(names.map((name, at) => [name, values[at][row]])));
}

const TABLES = ["usage", "findings", "savings", "intervals", "agreements", "balances", "runway", "syncs", "hit_rates",
  "freshness", "budgets"];
const book = Object.fromEntries(TABLES.map((name) => [name, rowsOf(read[name])]));

const PERIODS = { 7: "Last 7 days", 30: "Last 30 days", 90: "Last 90 days", all: "All time" };
const choice = { provider: "all", type: "all", period: "30" };

const typeKey = (row) => `${row.provider}/${row.credit_type}`;
const unique = (values) => [...new Set(values)].sort();

const isPriced = book.usage.some((row) => row.credits_usd !== null);
const providers = unique(
  ["usage", "findings", "runway", "hit_rates", "freshness", "intervals"].flatMap((name) => book[name].map((row) => row.provider))
);
const creditTypes = unique(
  ["usage", "runway", "intervals", "savings", "budgets"].flatMap((name) => book[name].map(typeKey))
);

/** Credit types of what is chosen, as `provider/type`. */
const typesToChoose = () =>
  creditTypes.filter((key) => choice.provider === "all" || key.startsWith(`${choice.provider}/`));

/** Whether one credit type is looked at alone. */
const isOneType = () => choice.type.includes("/");
/** What a figure is in: one provider's credits, or US dollars. */
const inDollars = () => choice.type === "usd";

const firstDay = () => (choice.period === "all" ? "" : addDays(read.today, 1 - Number(choice.period)));
const isInPeriod = (day) => day >= firstDay();
const periodName = () => PERIODS[choice.period].toLowerCase().replace(/^last/, "in the last").replace("all time", "since the beginning");

function isChosenProvider(provider) {
  const wanted = isOneType() ? choice.type.split("/")[0] : choice.provider;
  return wanted === "all" || provider === wanted;
}

const isChosenType = (row) => isChosenProvider(row.provider) && (!isOneType() || typeKey(row) === choice.type);

/** How fine a chart is: days as long as there is room for them. */
function grainOf() {
  if (choice.period !== "all") return "day";
  if (read.months_before) return "month";
  return daysBetween(beginning(), read.today) < 92 ? "day" : "week";
}

function beginning() {
  const days = [...book.usage.map((row) => row.used_on), ...book.findings.map((row) => row.found_on)];
  return days.reduce((first, day) => (day < first ? day : first), read.today);
}

/** Every bucket of the chosen period, empty ones too. */
function bucketsOf(grain) {
  const found = [];
  let bucket = bucketOf(firstDay() || beginning(), grain);
  for (; bucket <= read.today; bucket = nextBucket(bucket, grain)) found.push(bucket);
  return found;
}

/** Keeps the choice in the address, so that a page that is sent on shows the same. */
function rememberChoice() {
  const text = Object.entries(choice).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  history.replaceState(null, "", `#${text}`);
}

function recallChoice() {
  const wanted = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  if (wanted.period in PERIODS) choice.period = wanted.period;
  if (providers.includes(wanted.provider)) choice.provider = wanted.provider;
  if (typesToChoose().includes(wanted.type) || (wanted.type === "usd" && isPriced)) choice.type = wanted.type;
}
