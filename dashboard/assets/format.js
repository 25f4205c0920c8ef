"use strict";
// Words and numbers for a person: thousands separators, units, ISO dates.

const PROVIDERS = { leadiq: "LeadIQ", contactout: "ContactOut", letrics: "Letrics" };
const DAY = 86400000;

const nameOf = (provider) => PROVIDERS[provider] || provider;
const ABBREVIATIONS = { uc: "UC" };
const words = (identifier) => ABBREVIATIONS[identifier] || String(identifier).replaceAll("_", " ");
const typeName = (provider, creditType) => `${nameOf(provider)} ${words(creditType)}`;

const formats = [0, 1, 2, 3].map(
  (digits) => new Intl.NumberFormat("en-US", { maximumFractionDigits: digits })
);
const dollars = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** 1,234 or 12.35 or 0.125; a dash where it is unknown. */
function amount(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  return formats[size >= 1000 ? 0 : size >= 100 ? 1 : size >= 0.1 ? 2 : 3].format(value);
}

/** What one of something took, to two decimals, so that a column of them can be compared. */
const cost = (value) => (value === null ? "–" : value > 0 && value < 0.01 ? amount(value) : dollars.format(value));
const whole = (value) => (value === null || value === undefined ? "–" : formats[0].format(value));
const usd = (value) => (value === null || value === undefined ? "–" : `US$ ${dollars.format(value)}`);
const percent = (value) => (value === null || value === undefined ? "–" : `${formats[1].format(100 * value)} %`);
const plural = (count, one, many) => `${whole(count)} ${count === 1 ? one : many}`;
const moment = (text) => (text ? text.replace("T", " ") : "–");

// Days are ISO strings, which sort as they should; arithmetic is in UTC, where every day has 24 hours.
const toDay = (time) => new Date(time).toISOString().slice(0, 10);
const addDays = (day, count) => toDay(Date.parse(day) + count * DAY);
const daysBetween = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / DAY);

/** The first day of the day's bucket: itself, its Monday, or the first of its month. */
function bucketOf(day, grain) {
  if (grain === "month") return `${day.slice(0, 7)}-01`;
  if (grain === "week") return addDays(day, -((new Date(Date.parse(day)).getUTCDay() + 6) % 7));
  return day;
}

function nextBucket(bucket, grain) {
  return grain === "month" ? bucketOf(addDays(bucket, 31), "month") : addDays(bucket, grain === "week" ? 7 : 1);
}

const bucketName = (bucket, grain) =>
  grain === "month" ? bucket.slice(0, 7) : grain === "week" ? `week of ${bucket}` : bucket;
