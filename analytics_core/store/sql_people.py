"""The statements about people's habits: who took to something, and who comes back. Sums only."""

from dataclasses import replace

from analytics_core.semantics.dimension import Dimension
from analytics_core.semantics.filters import Filters
from analytics_core.semantics.period import Grain
from analytics_core.store.engine import Compiled, Dialect
from analytics_core.store.sql_relations import Selection, events, without_items
from analytics_core.store.sql_terms import Terms


def adopters(by: Dimension, chosen: Selection, dialect: Dialect) -> Compiled:
    """Who uses each member of `by`, and who any of them: m (NULL of g = 1: any), users, repeat, fresh.

    `repeat` were active in two weeks of the period or more; `fresh` had no event of the member
    (of any: of some member they use) before the period, whatever else is picked. What has no
    member, or no user, is left out. Source: METRICS.md 1.2.
    """
    terms, chosen, whole = Terms(dialect), without_items(chosen), dialect.whole
    member, period = terms.column(by), chosen.filters.period
    week = terms.bucket(dialect.micros("started_at"), period, Grain.WEEK)
    of_member = tuple(p for p in chosen.filters.picks if p.dimension == by.name)
    ever = replace(chosen, filters=Filters(period, of_member))
    both = f"{member} IS NOT NULL AND user_id IS NOT NULL"
    tables = (
        f"kept AS MATERIALIZED (SELECT DISTINCT {member} AS m, user_id, {week} AS w"
        f" {events(terms, chosen)} AND {both})",
        f"earlier AS (SELECT DISTINCT {member} AS m, user_id {events(terms, ever, lifted=True)}"
        f" AND started_at < {terms.instant(period.start)} AND {both})",
        "pairs AS (SELECT m, user_id, weeks, e.user_id IS NULL AS fresh FROM"
        " (SELECT m, user_id, count(*) AS weeks FROM kept GROUP BY m, user_id) AS p"
        " LEFT JOIN earlier AS e USING (m, user_id))",
        "people AS (SELECT user_id, count(DISTINCT w) AS weeks FROM kept GROUP BY user_id)",
    )
    fresh = f"{whole('count(DISTINCT user_id) FILTER (WHERE fresh)')}"
    text = (
        f"WITH {', '.join(tables)} SELECT 0 AS g, m, {whole('count(*)')} AS users,"
        f" {whole('count(*) FILTER (WHERE weeks >= 2)')} AS repeat, {fresh} AS fresh FROM pairs"
        f" GROUP BY m UNION ALL SELECT 1, {dialect.text('NULL')}, {whole('count(*)')},"
        f" {whole('count(*) FILTER (WHERE weeks >= 2)')}, (SELECT {fresh} FROM pairs)"
        " FROM people HAVING count(*) > 0 ORDER BY g, m"
    )
    return Compiled(text, terms.params)


def weeks_of_users(first: int, last: int, chosen: Selection, dialect: Dialect) -> Compiled:
    """In which of the weeks `first` to `last` (bucket numbers) users were active, by their first.

    Columns: cohort (the week of their first event; first - 1: any before), week, and of those users
    active, stayed (active, as in the week before) and gone (not active, but in the week before).
    The selection's period must reach back to the first event. Source: METRICS.md 4.10.
    """
    terms, whole = Terms(dialect), dialect.whole
    week = terms.bucket(dialect.micros("started_at"), chosen.filters.period, Grain.WEEK)
    since = first - 1
    bit = f"CASE WHEN w >= {since} THEN 1::HUGEINT << (w - {since})::HUGEINT ELSE 0 END"
    here, there = ("(weeks >> (place + 1)::HUGEINT) & 1 = 1", "(weeks >> place::HUGEINT) & 1 = 1")
    counts = ", ".join(
        f"{whole(f'coalesce(sum(n) FILTER (WHERE {kept}), 0)')} AS {name}"
        for name, kept in (
            ("active", here),
            ("stayed", f"{here} AND {there}"),
            ("gone", f"NOT ({here}) AND {there}"),
        )
    )
    rows = events(terms, without_items(chosen))
    tables = (
        f"ids AS (SELECT greatest(min(w), {since}) AS cohort, bit_or({bit}) AS weeks FROM"
        f" (SELECT user_id, {week} AS w {rows} AND user_id IS NOT NULL) AS e GROUP BY user_id)",
        "masks AS MATERIALIZED (SELECT cohort, weeks, count(*) AS n FROM ids GROUP BY ALL)",
    )
    text = (
        f"WITH {', '.join(tables)} SELECT cohort, place + {first} AS week, {counts} FROM masks,"
        f" range({last - since}) AS bucket(place) GROUP BY cohort, place ORDER BY cohort, place"
    )
    return Compiled(text, terms.params)
