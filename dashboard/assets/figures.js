// What the figures are: sums and ratios over the chosen rows; nothing here draws.

/** Rows by a key, in the order in which the keys come first. */
function groupBy(rows, key) {
  const groups = new Map();
  for (const row of rows) {
    const at = key(row);
    if (!groups.has(at)) groups.set(at, []);
    groups.get(at).push(row);
  }
  return groups;
}

const sum = (rows, column) => rows.reduce((total, row) => total + (row[column] || 0), 0);
/** Unknown where nothing was found: a price of nothing is no price. */
const ratio = (above, below) => (below > 0 ? above / below : null);

const chosenUsage = () => book.usage.filter((row) => isChosenType(row) && isInPeriod(row.used_on));
const chosenFindings = () => book.findings.filter((row) => isChosenProvider(row.provider) && isInPeriod(row.found_on));

/** One line per operation with its sums by bucket; the largest first. */
function seriesBy(rows, name, day, column, buckets, grain) {
  const series = [...groupBy(rows, name)].map(([key, of]) => {
    const values = new Map();
    for (const row of of) {
      const bucket = bucketOf(row[day], grain);
      values.set(bucket, (values.get(bucket) || 0) + (row[column] || 0));
    }
    return { key, name: key, total: sum(of, column), values: buckets.map((bucket) => values.get(bucket) || 0) };
  });
  return series.filter((one) => one.total > 0).sort((a, b) => b.total - a.total || (a.key < b.key ? -1 : 1));
}

/** A provider's operations in the order of their colours: those of most days first. */
function operationsOf(provider) {
  const days = groupBy(book.usage.filter((row) => row.provider === provider && row.credits_estimated > 0), (row) => row.operation);
  return [...days.keys()].sort((a, b) => days.get(b).length - days.get(a).length || (a < b ? -1 : 1));
}

/** What was bought at one place: an operation of a provider for one saved search or lookup. */
const placeOf = (row) => `${row.provider}\n${row.operation}\n${row.resource || ""}`;

const FOUND = ["contacts_found", "people_found", "contact_points_found", "job_changes_found"];

/** Credits beside all that was found at the places that took them. */
function worthOf(usage, findings) {
  const places = new Set(usage.map(placeOf));
  const bought = findings.filter((row) => places.has(placeOf(row)));
  const worth = {
    credits: sum(usage, "credits_estimated"),
    usd: sum(usage, "credits_usd"),
    isPriced: usage.some((row) => row.credits_usd !== null),
    wasted: sum(usage, "credits_wasted"),
  };
  for (const column of FOUND) worth[column] = sum(bought, column);
  return worth;
}

/** What a budget's span took so far, whatever period is chosen. */
function spentInSpan(provider, creditType, span) {
  const begins = span === "day" ? read.today : bucketOf(read.today, "month");
  const rows = book.usage.filter(
    (row) => row.provider === provider && row.credit_type === creditType && row.used_on >= begins
  );
  return sum(rows, "credits_estimated");
}

const budgetOf = (provider, creditType) =>
  book.budgets.find((row) => row.provider === provider && row.credit_type === creditType);

/** The limit that a chart's columns stand against; a month's is spread over its days. */
function ruleOf(budget, grain, unit) {
  if (!budget || unit === "usd") return null;
  if (grain === "day" && budget.per_day !== null)
    return { value: budget.per_day, label: `budget ${amount(budget.per_day)} a day` };
  if (grain === "month" && budget.per_month !== null)
    return { value: budget.per_month, label: `budget ${amount(budget.per_month)} a month` };
  if (budget.per_month === null)
    return grain === "week" && budget.per_day !== null
      ? { value: 7 * budget.per_day, label: `budget ${amount(budget.per_day)} a day, 7 days` } : null;
  const days = grain === "week" ? 7 : 1;
  const perDay = (budget.per_month * 12) / 365;
  return {
    value: days * perDay,
    label: `budget ${amount(budget.per_month)} a month, ${days === 7 ? "by week" : "by day"} ${amount(days * perDay)}`,
  };
}

/** Not to be told from what a meter said: too early, or nobody meters it. */
const NOT_COMPARED = new Set(["no_meter", "not_read_since"]);

function chosenIntervals() {
  const chosen = (row, end) => isChosenType(row) && isInPeriod((end || read.today).slice(0, 10));
  const told = book.intervals.filter((row) => chosen(row, row.interval_end));
  const counted = book.agreements.filter((row) => chosen(row, row.ended_on));
  const open = told.filter((row) => NOT_COMPARED.has(row.explanation));
  const differing = told.filter((row) => !NOT_COMPARED.has(row.explanation));
  return {
    open,
    differing,
    agreeing: sum(counted.filter((row) => row.is_agreed), "intervals"),
    explained: differing.filter((row) => row.is_explained).length
      + sum(counted.filter((row) => !row.is_agreed && row.is_explained), "intervals"),
    unexplained: differing.filter((row) => !row.is_explained).length
      + sum(counted.filter((row) => !row.is_agreed && !row.is_explained), "intervals"),
  };
}

const SOON = 30;

/** Used up, not lasting its period, or, where no period ends, less than a month away. */
const isTooShort = (row) => row.remaining === 0 || row.lasts_period === false
  || (row.lasts_period === null && row.days_of_runway !== null && row.days_of_runway < SOON);

/** Balances that end too early first, then by how long they last. */
function chosenRunways() {
  const urgency = (row) => (isTooShort(row) ? 0 : row.lasts_period === null ? 2 : 1);
  const days = (row) => (row.days_of_runway === null ? Infinity : row.days_of_runway);
  return book.runway.filter(isChosenType).sort((a, b) =>
    urgency(a) - urgency(b) || (days(a) === days(b) ? 0 : days(a) - days(b)) || (typeKey(a) < typeKey(b) ? -1 : 1));
}

/** Credit types that were spent or are budgeted and that no meter tells of. */
function unmeteredTypes() {
  const metered = new Set(book.runway.map(typeKey));
  const spent = new Set(book.usage.filter((row) => row.credits_estimated > 0).map(typeKey));
  for (const row of book.budgets) spent.add(typeKey(row));
  return [...spent].filter((key) => !metered.has(key)).sort().map((key) => {
    const [provider, creditType] = key.split("/");
    return { provider, credit_type: creditType };
  }).filter(isChosenType);
}
