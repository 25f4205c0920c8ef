// The page's sections: what is left, what was spent, what it brought, and whether the numbers can be trusted.

const isMissing = (name) => read.missing.includes(name);

/** One notice for all tables of a section that the copy lacks; nothing where it has them. */
function missingNotice(...names) {
  const missing = names.filter(isMissing);
  if (!missing.length) return null;
  return notice("missing",
    ["This copy lacks ", missing.map((name, at) => [at ? ", " : "", el("code", { "data-table": name }, name)]), ", or has it in an older form."],
    el("p", {}, "It was published by an older Leadhouse. Run ", code("leadhouse build"), " to publish it anew, then ", code("leadhouse dashboard"), "."));
}

function nothingHere(what) {
  return notice("empty", `${what} ${periodName()}.`,
    choice.period !== "all" && el("p", {}, el("button", { type: "button", onclick: () => choose("period", "all") }, "Show all time")));
}

const section = (id, title, about, ...content) =>
  el("section", { id, "aria-labelledby": `${id}-title` },
    el("div", { class: "section-head" }, el("h2", { id: `${id}-title` }, title), el("p", { class: "muted" }, about)), content);

// --- the answers in one line each ---------------------------------------------------------------------------------

function tile(target, label, value, about) {
  return el("a", { class: "tile", href: `#${target}`, onclick: (event) => { event.preventDefault(); document.getElementById(target).scrollIntoView(); } },
    el("span", { class: "tile-label" }, label), el("span", { class: "tile-value" }, value), el("span", { class: "muted small" }, about));
}

/** A tile whose table the copy lacks says so, and no zero. */
const untold = (target, label) => tile(target, label, state("unknown", "Not in this copy"), "See below for what to do");

function tiles() {
  return el("nav", { class: "tiles", "aria-label": "In short" },
    isMissing("rpt_credit_runway") ? untold("left", "What is left") : leftTile(),
    isMissing("fct_credit_usage") ? untold("spent", `Spent ${periodName()}`) : spentTile(),
    isMissing("fct_daily_findings") ? untold("brought", "New people") : broughtTile(),
    isMissing("rpt_credit_reconciliation") ? untold("trust", "Ledger and meters") : trustTile());
}

function leftTile() {
  const runways = chosenRunways();
  const ending = runways.filter(isTooShort);
  const first = ending[0];
  if (first) {
    const how = first.remaining === 0 ? "is used up" : `ends ${first.runs_out_on || "before its period"}`;
    return tile("left", "What is left", state(first.remaining === 0 ? "bad" : "warning", `${ending.length} of ${runways.length} ${ending.length === 1 ? "ends" : "end"} soon`),
      `${typeName(first.provider, first.credit_type)} ${how}`);
  }
  if (!runways.length) return tile("left", "What is left", state("unknown", "Unknown"), "No meter was read yet");
  return runways.some((row) => row.lasts_period === null)
    ? tile("left", "What is left", state("good", "None ends soon"), "Not every balance tells its end")
    : tile("left", "What is left", state("good", "All last"), "Every balance reaches the end of its period");
}

function spentTile() {
  const usage = chosenUsage().filter((row) => row.credits_estimated > 0);
  const priced = usage.filter((row) => row.credits_usd !== null);
  const types = unique(usage.map(typeKey));
  const operations = unique(usage.map((row) => row.operation));
  const value = priced.length ? figure("spent_usd", sum(priced, "credits_usd"), usd(sum(priced, "credits_usd")), {})
    : types.length === 1 ? `${amount(sum(usage, "credits_estimated"))} ${words(types[0].split("/")[1])}`
    : types.length ? plural(types.length, "credit type", "credit types") : "Nothing";
  const kinds = `${plural(types.length, "kind of credit", "kinds of credits")}, ${plural(operations.length, "operation", "operations")}`;
  return tile("spent", `Spent ${periodName()}`, value, types.length ? kinds : "No credit of any type");
}

function broughtTile() {
  const found = chosenFindings();
  return tile("brought", "New people", whole(sum(found, "people_found")), `and ${plural(sum(found, "job_changes_found"), "job change", "job changes")}`);
}

function trustTile() {
  const { agreeing, explained, unexplained } = chosenIntervals();
  const compared = agreeing + explained + unexplained;
  const verdict = unexplained ? state("bad", `${unexplained} unexplained`)
    : explained ? state("warning", `${explained} ${explained === 1 ? "differs" : "differ"}, explained`)
    : compared ? state("good", "Agree") : state("unknown", "Not compared");
  return tile("trust", "Ledger and meters", verdict,
    compared ? `${whole(agreeing)} of ${plural(compared, "interval agrees", "intervals agree")}` : "Two readings of a meter are needed");
}

// --- what is left -------------------------------------------------------------------------------------------------

function leftSection() {
  const runways = chosenRunways();
  const content = isMissing("rpt_credit_runway") ? missingNotice("rpt_credit_runway")
    : runways.length + unmeteredTypes().length === 0
      ? notice("empty", "No provider has told a balance yet.", el("p", {}, "Meters are read free of charge by each sync: run ", code("leadhouse sync"),
          ". LeadIQ and ContactOut have meters, Letrics has none."))
      : [el("div", { class: "cards" }, runways.map(balanceCard), unmeteredTypes().map(unmeteredCard)),
         runways.length > 0 && more("Balances as a table", balanceTable(runways))];
  return section("left", "What is left", "Balances at their last reading, and how long they last at the pace of late. The lines show the chosen period.", content);
}

const balanceOf = (row) => ({ provider: row.provider, plan: row.plan, "credit-type": row.credit_type });

/** How it will end: [kind, what to know first, the dates]. */
function outlook(row) {
  const whose = balanceOf(row);
  const date = (name) => figure(name, row[name], row[name], whose);
  const days = row.days_of_runway === null ? null
    : figure("days_of_runway", row.days_of_runway, plural(Math.floor(row.days_of_runway), "day", "days"), whose);
  const ends = row.period_end ? ["the period ends ", date("period_end")] : ["no end of period is stated"];
  const until = row.runs_out_on ? ["until ", date("runs_out_on"), "; ", ends] : ends;
  if (row.remaining === 0) return ["bad", "Used up", ends];
  if (row.lasts_period === true) return ["good", ["Lasts its period", days && [", ", days]], until];
  if (days === null) return ["unknown", row.lasts_period === false ? "Ends before its period does" : "No pace to reckon with", ends];
  return [isTooShort(row) ? "warning" : "unknown", ["Runs out in ", days], until];
}

function balanceCard(row, at) {
  const whose = balanceOf(row);
  const name = typeName(row.provider, row.credit_type);
  const used = row.quota ? row.used / row.quota : null;
  const [kind, says, ends] = outlook(row);
  const points = readings(row);
  return el("article", { class: `card ${kind}` },
    el("h3", {}, name, el("span", { class: "muted" }, ` ${words(row.plan)}`)),
    el("p", { class: "big" }, figure("remaining", row.remaining, amount(row.remaining), whose), el("span", { class: "muted" }, " left")),
    used !== null && meterBar(used, `${percent(used)} of the quota is used`, kind),
    el("p", { class: "small muted" }, figure("used", row.used, amount(row.used), whose), " used of ",
      row.quota === null ? "an amount that is not stated" : figure("quota", row.quota, amount(row.quota), whose)),
    el("p", { class: "outlook" }, figure("lasts_period", row.lasts_period, state(kind, says), whose), el("br"), el("span", { class: "muted small" }, ends)),
    points.length > 1 && runwayLine({
      id: `line-${at}`, title: `${name}: what was left`, points,
      description: `From ${amount(points[0].value)} on ${points[0].day} to ${amount(row.remaining)} on ${points[points.length - 1].day}; the dashed line goes on at today's pace.`,
      end: row.runs_out_on && row.credits_per_day ? aheadOf(row, points[points.length - 1]) : null,
    }),
    el("p", { class: "small muted" }, row.credits_per_day === null ? "No pace is known"
      : [figure("credits_per_day", row.credits_per_day, amount(row.credits_per_day), whose), " a day",
         row.pace_days ? ` over ${plural(row.pace_days, "day", "days")}` : ""], `, read ${moment(row.read_at)}`),
    points.length > 1 && more("Readings", table(`${name}: readings`, [{ label: "Day" }, { label: "Left", number: true }],
      points.slice(-31).reverse().map((point) => [point.day, amount(point.value)]), { stacked: false, hiddenCaption: true })));
}

/** Where today's pace leads within the period; no further than a month where no end is stated. */
function aheadOf(row, last) {
  const stop = [row.runs_out_on, row.period_end || addDays(last.day, 30)].sort()[0];
  if (stop <= last.day) return null;
  return { day: stop, value: Math.max(0, last.value - row.credits_per_day * daysBetween(last.day, stop)) };
}

/** The last reading of each day of the chosen period. */
function readings(row) {
  const days = new Map();
  for (const one of book.balances) {
    if (one.provider === row.provider && one.plan === row.plan && one.credit_type === row.credit_type && one.remaining !== null
        && isInPeriod(one.read_at.slice(0, 10))) days.set(one.read_at.slice(0, 10), one.remaining);
  }
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, value]) => ({ day, value }));
}

function unmeteredCard(row) {
  const budget = budgetOf(row.provider, row.credit_type);
  const spent = sum(chosenUsage().filter((one) => typeKey(one) === typeKey(row)), "credits_estimated");
  return el("article", { class: "card unknown" },
    el("h3", {}, typeName(row.provider, row.credit_type)),
    el("p", { class: "big" }, amount(spent), el("span", { class: "muted" }, ` spent ${periodName()}`)),
    el("p", {}, state("unknown", "No meter")),
    el("p", { class: "small muted" }, `${nameOf(row.provider)} does not tell what is left. `,
      budget ? "Its budget guards it, see below." : ["Only a budget guards it: write one under ", code(`[budget.${row.provider}]`), "."]));
}

function balanceTable(rows) {
  return table("Balances", [{ label: "Credits" }, { label: "Plan" }, { label: "Quota", number: true }, { label: "Used", number: true },
    { label: "Left", number: true }, { label: "A day", number: true }, { label: "Days left", number: true }, { label: "Runs out" }, { label: "Period ends" }],
  rows.map((row) => [typeName(row.provider, row.credit_type), words(row.plan), amount(row.quota), amount(row.used), amount(row.remaining),
    amount(row.credits_per_day), whole(row.days_of_runway === null ? null : Math.floor(row.days_of_runway)), row.runs_out_on || "–", row.period_end || "–"]), { hiddenCaption: true });
}

// --- what was spent -----------------------------------------------------------------------------------------------

function spentSection() {
  const usage = chosenUsage();
  const gone = missingNotice("fct_credit_usage");
  const spent = usage.filter((row) => row.credits_estimated > 0);
  const everSpent = book.usage.some((row) => row.credits_estimated > 0);
  const budgets = book.budgets.filter((row) => isChosenType(row) && (row.per_day !== null || row.per_month !== null));
  let content = gone;
  if (!gone && !everSpent)
    content = notice("empty", "Nothing was spent yet.", el("p", {}, "Searches and lookups spend credits; tracked contacts, companies and meters are free. ",
      code("leadhouse plan"), " says what the next sync would cost."));
  else if (!gone && !spent.length) content = nothingHere("Nothing was spent");
  else if (!gone) {
    content = inDollars() ? dollarCharts(spent)
      : el("div", { class: "charts" }, [...groupBy(spent, typeKey)].sort().map(([key, rows]) => spendChart(key, rows)));
  }
  return section("spent", "What was spent", "By operation. Credits of different types are different things and are never added; dollars are.",
    budgets.length > 0 && el("div", { class: "budgets" }, budgets.map(budgetBars)), content);
}

function budgetBars(row) {
  return [["day", row.per_day, "today"], ["month", row.per_month, "this month"]].filter(([, limit]) => limit !== null).map(([span, limit, when]) => {
    const spent = spentInSpan(row.provider, row.credit_type, span);
    const whose = { ...ofType(row), span };
    const share = limit > 0 ? spent / limit : spent > 0 ? 1 : 0;
    const kind = share >= 1 ? "bad" : share >= 0.8 ? "warning" : "good";
    return el("div", { class: "budget" },
      el("p", {}, el("span", { class: "strong" }, typeName(row.provider, row.credit_type)), el("span", { class: "muted" }, ` budget ${when}`)),
      meterBar(share, `${percent(share)} of the budget`, kind),
      el("p", { class: "small muted" }, figure("budget_spent", spent, amount(spent), whose), " of ", figure("budget", limit, amount(limit), whose),
        kind === "good" ? "" : [" ", state(kind, kind === "bad" ? "reached" : "nearly reached")]));
  });
}

function spendChart(key, rows) {
  const [provider, creditType] = key.split("/");
  const whose = { provider, "credit-type": creditType };
  const grain = grainOf();
  const buckets = bucketsOf(grain);
  const series = seriesBy(rows, (row) => row.operation, "used_on", "credits_estimated", buckets, grain);
  const total = sum(rows, "credits_estimated");
  const unpriced = sum(rows.filter((row) => row.credits_usd === null), "credits_estimated");
  const unknown = sum(rows, "credits_unknown");
  const unit = `${words(creditType)} credits`;
  return el("article", { class: "panel" },
    el("h3", {}, typeName(provider, creditType), el("span", { class: "muted" }, ` credits by ${grain}`)),
    el("p", { class: "figures" }, el("span", { class: "medium" }, figure("spent", total, amount(total), whose)), " ", el("span", { class: "muted" }, unit),
      rows.some((row) => row.credits_usd !== null) && [" = ", figure("spent_usd", sum(rows, "credits_usd"), usd(sum(rows, "credits_usd")), whose)],
      isPriced && unpriced > 0 && [", ", figure("unpriced", unpriced, amount(unpriced), whose), " without a price"],
      unknown > 0 && el("span", { class: "muted" }, `; ${amount(unknown)} of it for answers that were lost`)),
    columnChart({
      id: `spend-${provider}-${creditType}`, title: `${typeName(provider, creditType)} credits by ${grain}`,
      description: `Stacked columns of ${plural(series.length, "operation", "operations")}, ${amount(total)} credits in all; the table below has every number.`,
      buckets, grain, series, places: operationsOf(provider), rule: ruleOf(budgetOf(provider, creditType), grain, "credits"), say: amount,
    }),
    more("Table", seriesTable(`${typeName(provider, creditType)} credits by ${grain}`, grain, buckets, series, "spent", whose, amount, "operation")));
}

function dollarCharts(spent) {
  const priced = spent.filter((row) => row.credits_usd !== null);
  const unpriced = [...groupBy(spent.filter((row) => row.credits_usd === null), typeKey)];
  const grain = grainOf();
  const buckets = bucketsOf(grain);
  const without = unpriced.length > 0 && notice("empty", "Not all credits have a price.", el("p", {}, "Left out: ", unpriced.map(([key, rows], at) => {
    const total = sum(rows, "credits_estimated");
    return [at ? ", " : "", figure("unpriced", total, amount(total), ofType(rows[0])), ` ${typeName(...key.split("/"))}`];
  }), ". Write their prices under ", code("[prices.usd]"), " in ", code(".dlt/config.toml"), "."));
  const charts = [...groupBy(priced, (row) => row.provider)].sort().map(([provider, rows]) => {
    const series = seriesBy(rows, (row) => row.operation, "used_on", "credits_usd", buckets, grain);
    const total = sum(rows, "credits_usd");
    return el("article", { class: "panel" },
      el("h3", {}, nameOf(provider), el("span", { class: "muted" }, ` US dollars by ${grain}`)),
      el("p", { class: "figures" }, el("span", { class: "medium" }, figure("spent_usd", total, usd(total), { provider }))),
      columnChart({ id: `usd-${provider}`, title: `${nameOf(provider)}: US dollars by ${grain}`,
        description: `Stacked columns of ${plural(series.length, "operation", "operations")}, ${usd(total)} in all; the table below has every number.`,
        buckets, grain, series, places: operationsOf(provider), rule: null, say: usd }),
      more("Table", seriesTable(`${nameOf(provider)}: US dollars by ${grain}`, grain, buckets, series, "spent_usd", { provider, "credit-type": "usd" }, usd, "operation")));
  });
  return [without, el("div", { class: "charts" }, charts)];
}

/** The numbers behind a chart: a row per bucket that has any, the newest first, and the sums of all. */
function seriesTable(caption, grain, buckets, series, name, whose, say, by) {
  const columns = [{ label: grain[0].toUpperCase() + grain.slice(1) }, ...series.map((one) => ({ label: one.name, number: true })), { label: "Sum", number: true }];
  const rows = buckets.map((bucket, at) => {
    const values = series.map((one) => one.values[at]);
    return values.some((value) => value > 0) && [bucketName(bucket, grain),
      ...series.map((one) => figure(name, one.values[at], say(one.values[at]), { ...whose, [by]: one.key, date: bucket, grain })),
      say(values.reduce((total, value) => total + value, 0))];
  }).filter(Boolean).reverse();
  const foot = ["Sum", ...series.map((one) => by === "operation" ? figure(name, one.total, say(one.total), { ...whose, [by]: one.key }) : say(one.total)),
    say(series.reduce((total, one) => total + one.total, 0))];
  return table(caption, columns, rows, { stacked: false, foot, hiddenCaption: true });
}

// --- what it brought ----------------------------------------------------------------------------------------------

function broughtSection() {
  const gone = missingNotice("fct_daily_findings", "rpt_hit_rates", "rpt_credit_savings");
  return section("brought", "What it brought", "What arrived, what one of it cost, and what was paid for in vain.", gone,
    !isMissing("fct_daily_findings") && [arrivals(), worthTables()], !isMissing("rpt_hit_rates") && hitRates(), !isMissing("rpt_credit_savings") && savings());
}

function arrivals() {
  const found = chosenFindings();
  if (!book.findings.length)
    return notice("empty", "Nothing has arrived yet.", el("p", {}, "Run ", code("leadhouse sync"), "; reading tracked contacts and companies is free."));
  if (!FOUND.some((column) => sum(found, column) > 0)) return nothingHere("Nothing new arrived");
  const grain = grainOf();
  const buckets = bucketsOf(grain);
  const byProvider = [...groupBy(found, (row) => row.provider)].sort();
  const kinds = [["people_found", "New people"], ["job_changes_found", "Job changes"]];
  return [el("div", { class: "charts" }, kinds.map(([column, title]) => {
    const series = seriesBy(found, (row) => row.provider, "found_on", column, buckets, grain).map((one) => ({ ...one, name: nameOf(one.key) }));
    const total = sum(found, column);
    return el("article", { class: "panel" },
      el("h3", {}, title, el("span", { class: "muted" }, ` by ${grain}`)),
      el("p", { class: "figures" }, el("span", { class: "medium" }, whole(total)), " ", el("span", { class: "muted" }, periodName())),
      columnChart({ id: `arrived-${column}`, title: `${title} by ${grain}`, isWhole: true,
        description: `Stacked columns by provider, ${whole(total)} in all; the table below has every number.`, buckets, grain, series, places: providers, rule: null, say: whole }),
      more("Table", seriesTable(`${title} by ${grain}`, grain, buckets, series, column, {}, whole, "provider")));
  })), el("h3", {}, "What arrived, by provider"), table("What arrived, by provider", [{ label: "Provider" }, { label: "New people", number: true }, { label: "Job changes", number: true },
    { label: "Records with contact details", number: true }, { label: "New addresses and numbers", number: true }],
  byProvider.map(([provider, rows]) => [nameOf(provider), ...["people_found", "job_changes_found", "contacts_found", "contact_points_found"].map((column) =>
    figure(column, sum(rows, column), whole(sum(rows, column)), { provider }))]), { hiddenCaption: true })];
}

const COSTS = [["contact", "contacts_found"], ["person", "people_found"], ["contact_point", "contact_points_found"], ["job_change", "job_changes_found"]];

function worthTables() {
  const usage = chosenUsage().filter((row) => row.credits_estimated > 0);
  const findings = chosenFindings();
  if (!usage.length) return null;
  const byType = [...groupBy(usage, typeKey)].sort();
  const byPlace = [...groupBy(usage, (row) => `${typeKey(row)}\n${placeOf(row)}`)].sort();
  const costs = (worth, whose) => COSTS.map(([name, column]) =>
    figure(`credits_per_${name}`, ratio(worth.credits, worth[column]), cost(ratio(worth.credits, worth[column])), whose));
  const waste = (worth, whose) => {
    const rate = ratio(worth.wasted, worth.credits);
    return [el("span", { class: "cell-bar" }, meterBar(rate, `${percent(rate)} in vain`, "plain"),
      el("span", {}, figure("waste_rate", rate, percent(rate), whose), el("span", { class: "muted" }, " (", figure("credits_wasted", worth.wasted, amount(worth.wasted), whose), ")")))];
  };
  const labels = [{ label: "Per contact", number: true }, { label: "Per new person", number: true }, { label: "Per address or number", number: true }, { label: "Per job change", number: true }];
  return [
    dollarsPerContact(usage, findings),
    el("h3", {}, "Credits for one that was found"),
    table("Credits for one that was found, by provider and credit type", [{ label: "Credits" }, { label: "Spent", number: true }, ...labels, { label: "In vain (nothing new)" }],
      byType.map(([key, rows]) => {
        const worth = worthOf(rows, findings);
        return [typeName(...key.split("/")), amount(worth.credits), ...costs(worth, ofType(rows[0])), waste(worth, ofType(rows[0]))];
      }), { hiddenCaption: true }),
    more("By operation and saved search", table("Credits for one that was found, by operation and saved search",
      [{ label: "Operation" }, { label: "Saved search or lookup" }, { label: "Credits" }, { label: "Spent", number: true }, ...labels, { label: "In vain (nothing new)" }],
      byPlace.map(([, rows]) => {
        const row = rows[0];
        const worth = worthOf(rows, findings);
        const whose = { ...ofType(row), operation: row.operation, resource: row.resource || "" };
        return [row.operation, row.resource || "–", typeName(row.provider, row.credit_type), amount(worth.credits), ...costs(worth, whose), waste(worth, whose)];
      }), { hiddenCaption: true }))];
}

/** Providers can be compared in dollars only. */
function dollarsPerContact(usage, findings) {
  const priced = usage.filter((row) => row.credits_usd !== null);
  if (!priced.length) return el("p", { class: "muted small" }, "To compare providers, write what a credit costs under ", code("[prices.usd]"), " in ", code(".dlt/config.toml"), ".");
  const found = [...groupBy(priced, (row) => row.provider)].map(([provider, rows]) => {
    const worth = worthOf(rows, findings);
    return { provider, each: ratio(worth.usd, worth.contacts_found), worth };
  }).sort((a, b) => (a.each ?? Infinity) - (b.each ?? Infinity));
  const most = Math.max(...found.map((one) => one.each || 0));
  return [el("h3", {}, "Dollars for one contact that was found"),
    table("Dollars for one contact that was found, by provider", [{ label: "Provider" }, { label: "Cost of one" }, { label: "Spent", number: true }, { label: "Contacts found", number: true }],
      found.map(({ provider, each, worth }) => [nameOf(provider),
        el("span", { class: "cell-bar" }, meterBar(most ? (each || 0) / most : 0, usd(each), "plain"), figure("usd_per_contact", each, usd(each), { provider })),
        usd(worth.usd), whole(worth.contacts_found)]), { hiddenCaption: true })];
}

function hitRates() {
  const rows = book.hit_rates.filter((row) => isChosenProvider(row.provider) && row.asked > 0);
  if (!rows.length) return null;
  rows.sort((a, b) => (a.provider < b.provider ? -1 : a.provider > b.provider ? 1 : b.found / b.asked - a.found / a.asked));
  return [el("h3", {}, "How often an answer held what was asked for", el("span", { class: "muted" }, " since the beginning")),
    table("Hit rates by provider and kind", [{ label: "Provider" }, { label: "Asked for" }, { label: "Operation" }, { label: "Hit rate" }, { label: "Found", number: true }, { label: "Asked", number: true }],
      rows.map((row) => {
        const whose = { provider: row.provider, operation: row.operation, kind: row.kind };
        const rate = ratio(row.found, row.asked);
        return [nameOf(row.provider), words(row.kind), row.operation,
          el("span", { class: "cell-bar" }, meterBar(rate, percent(rate), "plain"), figure("hit_rate", rate, percent(rate), whose)),
          figure("found", row.found, whole(row.found), whose), figure("asked", row.asked, whole(row.asked), whose)];
      }), { hiddenCaption: true })];
}

const REASONS = { journal: "Answered from the journal", fresh: "Known and fresh", free_check: "Ruled out by a free check" };

function savings() {
  const rows = book.savings.filter((row) => isChosenType(row) && isInPeriod(row.saved_on));
  if (!rows.length) return null;
  const groups = [...groupBy(rows, (row) => `${row.reason}\n${typeKey(row)}`)].sort();
  const isAnyPriced = rows.some((row) => row.usd_saved !== null);
  return [el("h3", {}, "What was not paid for twice"),
    table("Credits saved", [{ label: "Why" }, { label: "Credits" }, { label: "Questions", number: true }, { label: "Credits saved", number: true }, ...(isAnyPriced ? [{ label: "US dollars saved", number: true }] : [])],
      groups.map(([, of]) => {
        const whose = { ...ofType(of[0]), reason: of[0].reason };
        const saved = sum(of, "credits_saved");
        const inUsd = of.some((row) => row.usd_saved !== null) ? sum(of, "usd_saved") : null;
        return [REASONS[of[0].reason] || words(of[0].reason), typeName(of[0].provider, of[0].credit_type),
          figure("questions_saved", sum(of, "questions"), whole(sum(of, "questions")), whose), figure("credits_saved", saved, amount(saved), whose),
          ...(isAnyPriced ? [usd(inUsd)] : [])];
      }), { hiddenCaption: true })];
}

// --- whether the numbers can be trusted ---------------------------------------------------------------------------

function trustSection() {
  const gone = missingNotice("rpt_credit_reconciliation", "rpt_freshness", "fct_syncs");
  return section("trust", "Whether the numbers can be trusted", "Our ledger beside the providers' own meters, and how fresh everything is.", gone,
    !isMissing("rpt_credit_reconciliation") && reconciliation(), !isMissing("rpt_freshness") && freshness(), !isMissing("fct_syncs") && lastSyncs());
}

/** So many lines of a kind stand open; the rest is folded. */
const LISTED = 12;

function reconciliation() {
  const { agreeing, explained, unexplained, differing, open } = chosenIntervals();
  const compared = agreeing + explained + unexplained;
  const verdict = unexplained ? state("bad", `${plural(unexplained, "interval differs", "intervals differ")} and nothing explains it`)
    : explained ? state("warning", explained === 1 ? "One interval differs, and why is known" : `${whole(explained)} intervals differ, and why is known`)
    : compared ? state("good", compared === 1 ? "The interval agrees" : `All ${whole(compared)} intervals agree`)
    : state("unknown", "Nothing was compared", choice.period === "all" ? " yet: two readings of a meter make an interval" : ` ${periodName()}`);
  const counts = [["intervals_agreeing", agreeing, "agreeing"], ["intervals_explained", explained, "explained"], ["intervals_unexplained", unexplained, "unexplained"]];
  return [el("h3", {}, "Meter against ledger"),
    el("p", { class: "verdict" }, verdict),
    el("p", { class: "muted small" }, "Between two readings of a meter: ", figure("intervals", compared, whole(compared), {}), " in all, ",
      counts.map(([name, count, what], at) => [at ? ", " : "", figure(name, count, whole(count), {}), ` ${what}`]), ". Not to be compared: ",
      figure("intervals_not_compared", open.length, whole(open.length), {}), "."),
    differing.length > 0 && differenceTable("Intervals that differ", differing.slice(0, LISTED)),
    differing.length > LISTED && more(`${plural(differing.length - LISTED, "earlier one", "earlier ones")} that differ`,
      differenceTable("Earlier intervals that differ", differing.slice(LISTED))),
    open.length > 0 && more("What cannot be compared", differenceTable("What cannot be compared", open))];
}

function differenceTable(caption, rows) {
  return table(caption, [{ label: "Credits" }, { label: "From" }, { label: "To" }, { label: "Ledger", number: true }, { label: "Meter", number: true },
    { label: "Difference", number: true }, { label: "Because" }],
  rows.map((row) => {
    const whose = { ...ofType(row), "interval-start": row.interval_start, "interval-end": row.interval_end, explanation: row.explanation };
    const isOpen = NOT_COMPARED.has(row.explanation);
    return [typeName(row.provider, row.credit_type), row.interval_start ? moment(row.interval_start) : "the beginning", row.interval_end ? moment(row.interval_end) : "now",
      figure("credits_ledger", row.credits_ledger, amount(row.credits_ledger), whose), figure("credits_metered", row.credits_metered, amount(row.credits_metered), whose),
      figure("difference", row.difference, row.difference > 0 ? `+${amount(row.difference)}` : amount(row.difference), whose),
      el("span", { class: "because" }, state(isOpen ? "unknown" : row.is_explained ? "warning" : "bad", words(row.explanation)), el("br"), el("span", { class: "muted" }, row.explained_as || ""))];
  }), { hiddenCaption: true });
}

function age(hours) {
  if (hours === null) return "–";
  if (hours < 1) return "under 1 hour";
  return hours < 48 ? plural(Math.round(hours), "hour", "hours") : plural(Math.round(hours / 24), "day", "days");
}

function freshness() {
  const rows = book.freshness.filter((row) => isChosenProvider(row.provider)).sort((a, b) => (a.provider + a.resource < b.provider + b.resource ? -1 : 1));
  if (!rows.length) return null;
  return [el("h3", {}, "Freshness"),
    table("Freshness", [{ label: "Resource" }, { label: "Provider" }, { label: "Last success (UTC)" }, { label: "Newest record (UTC)" }, { label: "Newest is old", number: true }, { label: "Last attempt" }],
      rows.map((row) => [row.resource, nameOf(row.provider), moment(row.last_success_at), moment(row.newest_record_at),
        figure("lag_hours", row.lag_hours, age(row.lag_hours), { provider: row.provider, resource: row.resource }), attempt(row.last_outcome)]), { hiddenCaption: true })];
}

const GOOD = new Set(["ok", "empty", "complete", "replayed"]);
const attempt = (outcome) => (outcome ? state(GOOD.has(outcome) ? "good" : "warning", outcome) : "–");

function lastSyncs() {
  const rows = book.syncs.filter((row) => isInPeriod(row.as_of.slice(0, 10)) && (!row.sources || !isOneProvider() || row.sources.includes(providerChosen())))
    .sort((a, b) => (a.as_of < b.as_of ? 1 : -1));
  if (!rows.length) return [el("h3", {}, "Last syncs"), nothingHere("No sync ran")];
  return [el("h3", {}, "Last syncs"),
    table("Last syncs", [{ label: "As of (UTC)" }, { label: "Sources" }, { label: "Requests", number: true }, { label: "Ended (UTC)" }, { label: "Outcome" }],
      rows.slice(0, 10).map((row) => [moment(row.as_of), row.sources || "–", whole(row.requests), moment(row.ended_at),
        figure("sync", row.outcome, row.outcome ? attempt(row.outcome) : "open", { "sync-id": row.sync_id })]), { hiddenCaption: true })];
}

const providerChosen = () => (isOneType() ? choice.type.split("/")[0] : choice.provider);
const isOneProvider = () => providerChosen() !== "all";
