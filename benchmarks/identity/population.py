"""So many people's records as staged rows, drawn at once: what a warehouse of that size holds before anybody is resolved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]

RECORDS_OF_A_PERSON = (0.25, 0.3, 0.25, 0.2)
"""Shares of people with one record, two, three and four."""
PEOPLE_PER_COMPANY = 8
"""On average: by Zipf's law the largest has some percent of all, most have a few."""
GIVEN_NAMES, FAMILY_NAMES, COUNTRIES = 3_000, 60_000, 30
CONSONANTS, VOWELS = "bcdfghjklmnprstvwz", "aeiou"

WITH_PAGE, PAGE_STATED = 0.8, 0.9
WITH_WORK_EMAIL, WITH_PERSONAL_EMAIL, WITH_PHONE = 0.6, 0.3, 0.35
AT_OLD_JOB = 0.15
"""Records that are behind: they state the employer before the present one, and its address."""
WITH_MAIN_LINE = 0.12
"""Records that state their company's main line as a number of the person."""
INITIAL_ONLY = 0.05
RECYCLED, OTHER_PAGE, SHARED_AT_HOME = 0.003, 0.001, 0.01
"""People with an address that another had before, with a second page in one record, who share a private address."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was written.

    Attributes:
        people: who have a record.
    """

    path: Path
    people: int
    records: int
    values: int


def draw(path: Path, records: int, seed: int) -> Drawn:
    """Writes a DuckDB file with the tables `records`, `values` (with `is_crowded`, as in the warehouse), `employers` and `truth`
    (provider, id, person).

    The rows of `records` come in the order of their first sight; the last ones are the newest.
    """
    dice = np.random.default_rng(seed)
    per_person = 1 + np.arange(4) @ np.array(RECORDS_OF_A_PERSON)
    people = max(int(records / per_person), 1)
    size = dice.choice(4, people, p=RECORDS_OF_A_PERSON) + 1
    person = np.repeat(np.arange(people), size)
    person = dice.permutation(person)[:records]
    if len(person) < records:
        person = np.concatenate([person, dice.integers(0, people, records - len(person))])
    companies = max(people // PEOPLE_PER_COMPANY, 2)
    now, then = _zipf(dice, companies, people, 0.8), _zipf(dice, companies, people, 0.8)
    # Whose mailbox or private address it is as well: one's own, or by chance another's, at the same company then.
    mailbox_of, home_of = _sometimes(dice, people, RECYCLED), _sometimes(dice, people, SHARED_AT_HOME)
    now = now[mailbox_of]
    at_home = home_of != np.arange(people)
    behind = dice.random(records) < AT_OLD_JOB
    own = {
        "person": np.arange(people),
        "given": _zipf(dice, GIVEN_NAMES, people, 0.9),
        "family": _zipf(dice, FAMILY_NAMES, people, 0.7),
        "country": _zipf(dice, COUNTRIES, people, 1.0),
        "has_page": dice.random(people) < WITH_PAGE,
        "has_personal_email": (dice.random(people) < WITH_PERSONAL_EMAIL) | at_home,
        "has_phone": dice.random(people) < WITH_PHONE,
        "mailbox_of": mailbox_of,
        "home_of": home_of,
    }
    told = {
        "number": np.arange(records),
        "person": person,
        "provider": _providers(person),
        "company": np.where(behind, then[person], now[person]),
        "initial_only": dice.random(records) < INITIAL_ONLY,
        "states_page": dice.random(records) < PAGE_STATED,
        "other_page": dice.random(records) < OTHER_PAGE,
        "states_work_email": dice.random(records) < WITH_WORK_EMAIL,
        "states_main_line": dice.random(records) < WITH_MAIN_LINE,
    }
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.register("own", pa.table(own))
        connection.register("told", pa.table(told))
        connection.register("given_names", _names(dice, GIVEN_NAMES, 2, 3))
        connection.register("family_names", _names(dice, FAMILY_NAMES, 2, 4))
        for statement in SQL:
            connection.execute(statement)
        counted = connection.execute('select count(*) from "values"').fetchall()
        connection.execute("drop table stated")
    return Drawn(path, len(np.unique(person)), records, int(counted[0][0]))


def _providers(person: Ints) -> Ints:
    """A provider of each record: ContactOut (0) and Letrics (2) have one of a person, LeadIQ (1) may have several."""
    order = np.argsort(person, kind="stable")
    of_person = person[order]
    first = np.searchsorted(of_person, of_person)
    place = np.empty(len(person), dtype=np.int64)
    place[order] = np.arange(len(person)) - first
    provider: Ints = np.where(place < 3, (person + place) % 3, 1)
    return provider


def _zipf(dice: np.random.Generator, kinds: int, size: int, exponent: float) -> Ints:
    weights = 1 / np.arange(1, kinds + 1) ** exponent
    return np.searchsorted(np.cumsum(weights / weights.sum()), dice.random(size)).clip(0, kinds - 1).astype(np.int64)


def _sometimes(dice: np.random.Generator, people: int, share: float) -> Ints:
    """Each by their own number, a share of them by somebody else's."""
    numbers = np.arange(people)
    return np.where(dice.random(people) < share, dice.integers(0, people, people), numbers)


def _names(dice: np.random.Generator, size: int, shortest: int, longest: int) -> pa.Table:
    """Different words of so many syllables."""
    words: dict[str, None] = {}
    while len(words) < size:
        syllables = int(dice.integers(shortest, longest + 1))
        letters = zip(dice.choice(list(CONSONANTS), syllables), dice.choice(list(VOWELS), syllables), strict=True)
        words["".join(a + b for a, b in letters)] = None
    return pa.table({"number": np.arange(size), "word": list(words)})


SQL = (
    """
    create table stated as
    select
        list_extract(['contactout', 'leadiq', 'letrics'], told.provider + 1) as provider,
        'r' || told.number as provider_record_id,
        told.number,
        told.person,
        given.word as given,
        family.word as family,
        told.initial_only,
        'C' || chr(cast(65 + own.country % 26 as integer)) as country_code,
        'company' || told.company || '.example' as domain,
        case
            when told.other_page then 'page-' || told.number || '-other'
            when own.has_page and told.states_page then given.word || '-' || family.word || '-' || own.person
        end as page,
        case
            when told.states_work_email
            then
                case
                    when own.mailbox_of = own.person then given.word || '.' || family.word || own.person % 7
                    else mailbox_given.word || '.' || mailbox_family.word || own.mailbox_of % 7
                end || '@company' || told.company || '.example'
        end as work_email,
        case when own.has_personal_email then 'home' || own.home_of || '@example.org' end as personal_email,
        case when own.has_phone then '+1' || (2000000000 + own.person) end as phone,
        case when told.states_main_line then '+44' || (2000000000 + told.company) end as main_line
    from told
    inner join own on told.person = own.person
    inner join given_names as given on own.given = given.number
    inner join family_names as family on own.family = family.number
    inner join own as mailbox on own.mailbox_of = mailbox.person
    inner join given_names as mailbox_given on mailbox.given = mailbox_given.number
    inner join family_names as mailbox_family on mailbox.family = mailbox_family.number
    """,
    """
    create table records as
    select
        provider,
        provider_record_id,
        timestamp '2026-01-01' + to_seconds(number) as first_seen_at,
        case when initial_only then given[1] else given end || '/' || family || '//' as name,
        country_code
    from stated
    order by number
    """,
    """
    create temporary table held as
    select provider, provider_record_id, 'linkedin_slug' as kind, page as value from stated where page is not null
    union all
    select provider, provider_record_id, 'work_email', work_email from stated where work_email is not null
    union all
    select provider, provider_record_id, 'personal_email', personal_email from stated where personal_email is not null
    union all
    select provider, provider_record_id, 'phone', phone from stated where phone is not null
    union all
    select provider, provider_record_id, 'phone', main_line from stated where main_line is not null
    union all
    select provider, provider_record_id, 'family_at', family || '|' || domain from stated
    union all
    select provider, provider_record_id, 'mailbox', split_part(work_email, '@', 2) || '|' || split_part(work_email, '@', 1)
    from stated
    where work_email is not null
    union all
    select provider, provider_record_id, 'listed', 'letrics|' || provider_record_id from stated where provider = 'letrics'
    """,
    """
    create table "values" as
    with
        crowded as (
            select held.kind, held.value
            from held
            inner join records using (provider, provider_record_id)
            where held.kind in ('work_email', 'personal_email', 'phone')
            group by held.kind, held.value
            having count(distinct records.name) > 12
        )
    select held.*, crowded.value is not null as is_crowded
    from held
    left join crowded using (kind, value)
    """,
    "create table employers as select provider, provider_record_id, domain as employer from stated",
    "create table truth as select provider, provider_record_id, person from stated order by number",
)
