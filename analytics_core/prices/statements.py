"""The statements that price events. Constant texts: `{…}` are names and types of ours, never values.

Relations of ours begin with `_`; so do working columns, which the last step leaves out.
"""

# An event meets exactly one card: the cards of a key are disjoint and cover all times and sizes.
# A bucket sums many requests, so its size says nothing: the base tier, unless the source says more.
MEETS = """
    c._provider IS NOT DISTINCT FROM t.provider
    AND c._model_raw IS NOT DISTINCT FROM t.model_raw
    AND c._tier IS NOT DISTINCT FROM t.service_tier
    AND t.started_at >= c._from AND t.started_at < c._to
    AND (c._all_day OR (epoch_us(t.started_at) // 1000000) % 86400 >= c._tod_from
        AND (epoch_us(t.started_at) // 1000000) % 86400 < c._tod_to)
    AND (c._any_size OR
        CASE WHEN t.grain = 'request' THEN coalesce(t.input_tokens, 0)
             WHEN t.context_window = '200k-1M' THEN 200001
             ELSE 0 END BETWEEN c._least AND c._most)
"""

KEYS = """
    SELECT provider, model_raw, service_tier, min(started_at), max(started_at)
    FROM {source} GROUP BY ALL
"""

SIZES = """
    SELECT coalesce(max(coalesce(input_tokens, 0) + coalesce(output_tokens, 0)), 0),
        coalesce(max(abs(cost_reported_nano)), 0),
        coalesce(bool_or(len(items) > 0), false)
    FROM {source}
"""

# Items in the order of the source, then those the book prices although the source lists none.
ITEMS = """
CREATE OR REPLACE TEMP TABLE _item AS
WITH met AS (
    SELECT t.rowid AS _n, c._card, t.items, t.requests, t.reasoning_tokens
    FROM {source} t JOIN _card c ON {meets}
    WHERE len(t.items) > 0 OR c._implied
), listed AS (
    SELECT _n, _card, place, item.rule AS rule, item.quantity AS quantity, item.unit AS unit,
        item.cost_nano AS given
    FROM (SELECT _n, _card, unnest(items) AS item, generate_subscripts(items, 1) AS place FROM met)
    UNION ALL
    SELECT m._n, m._card, 1000000, p.rule,
        CASE p.rule WHEN 'request' THEN m.requests ELSE m.reasoning_tokens END::DECIMAL(18, 6),
        p.unit, NULL
    FROM met m JOIN _card_rate p ON p._card = m._card AND p.implied
    WHERE CASE p.rule WHEN 'request' THEN m.requests ELSE m.reasoning_tokens END > 0
        AND NOT coalesce(list_contains(list_transform(m.items, lambda i: i.rule), p.rule), false)
), counted AS (
    SELECT l.*, p.price_pico, p.list_pico, p.per,
        (greatest(l.quantity, p.least) * 1000000)::HUGEINT AS millionths
    FROM listed l LEFT JOIN _card_rate p ON p._card = l._card AND p.rule = l.rule
)
SELECT _n, _card, place, rule, quantity, unit, given,
    _rounded(millionths * price_pico, per::HUGEINT * 1000000000) AS book,
    _rounded(millionths * list_pico, per::HUGEINT * 1000000000) AS list
FROM counted
"""

NO_ITEMS = """
CREATE OR REPLACE TEMP TABLE _item (_n BIGINT, _card BIGINT, place BIGINT, rule VARCHAR,
    quantity DECIMAL(18, 6), unit VARCHAR, given BIGINT, book BIGINT, list BIGINT)
"""

# n / d to the nearest integer, ties to the even one.
ROUNDED = """
CREATE OR REPLACE TEMP MACRO _rounded(n, d) AS (
    CASE WHEN n < 0 THEN -1 ELSE 1 END * (abs(n) // d
        + (abs(n) % d * 2 > d OR (abs(n) % d * 2 = d AND abs(n) // d % 2 = 1))::INTEGER)
)::BIGINT
"""

# Per event: what its items cost, which leaves the source priced itself, whose quantities they take.
# `kept` are the items beyond the leaves; with `given` only what the source itself said they cost.
ITEMISED = """
CREATE OR REPLACE TEMP TABLE _itemised AS
SELECT _n,
    list(struct_pack(rule := rule, quantity := quantity, unit := unit,
        cost_nano := coalesce(given, book)) ORDER BY place) FILTER (NOT own_leaf) AS _kept,
    list(struct_pack(rule := rule, quantity := quantity, unit := unit,
        cost_nano := given) ORDER BY place) FILTER (NOT own_leaf) AS _kept_given,
    coalesce(sum(coalesce(given, book)) FILTER (NOT own_leaf), 0)::BIGINT AS _kept_nano,
    coalesce(sum(given) FILTER (NOT own_leaf), 0)::BIGINT AS _given_nano,
    coalesce(sum(coalesce(given, list)) FILTER (NOT own_leaf), 0)::BIGINT AS _kept_list_nano,
    coalesce(bool_or(coalesce(given, book) IS NOT NULL) FILTER (NOT own_leaf), false) AS _costed,
    coalesce(bool_or(coalesce(given, book) IS NULL AND quantity > 0 AND priceable)
        FILTER (NOT own_leaf), false) AS _uncosted,
    coalesce(sum(quantity) FILTER (part_of = 'input' AND NOT own_leaf), 0)::BIGINT AS _in_parts,
    coalesce(sum(quantity) FILTER (part_of = 'output' AND NOT own_leaf), 0)::BIGINT AS _out_parts,
    sum(given) FILTER (rule = 'input')::BIGINT AS _own1,
    sum(given) FILTER (rule = 'cache_read')::BIGINT AS _own2,
    sum(given) FILTER (rule = 'cache_write')::BIGINT AS _own3,
    sum(given) FILTER (rule = 'cache_write_1h')::BIGINT AS _own4,
    sum(given) FILTER (rule = 'output')::BIGINT AS _own5
FROM (SELECT i.*, r.part_of, coalesce(r.leaf, false) AS own_leaf, r.rule IS NOT NULL AS priceable
    FROM _item i LEFT JOIN _rule r ON r.rule = i.rule)
GROUP BY _n
"""

# {wide} is BIGINT, or HUGEINT in a file whose buckets are too big for it.
PRICED = """
CREATE OR REPLACE {kind} {target} AS
WITH met AS (
    SELECT t.*, c.* EXCLUDE (_provider, _model_raw, _tier, _from, _to, _all_day, _tod_from,
            _tod_to, _any_size, _least, _most, _implied, _card), i.* EXCLUDE (_n),
        coalesce(t.cache_read_tokens, 0) AS _read,
        coalesce(t.cache_write_1h_tokens, 0) AS _long,
        greatest(coalesce(t.cache_write_tokens, 0) - coalesce(t.cache_write_1h_tokens, 0), 0)
            AS _short,
        coalesce(t.output_tokens, 0) - coalesce(i._out_parts, 0) AS _out,
        coalesce(t.input_tokens, 0) + coalesce(t.output_tokens, 0) AS _tokens,
        coalesce(t.input_tokens, t.output_tokens) IS NOT NULL AS _counted,
        coalesce(t.cache_hit, false) AND coalesce(t.cost_reported_nano, 0) = 0 AS _hit
    FROM {source} t JOIN _card c ON {meets}
    LEFT JOIN _itemised i ON i._n = t.rowid
), counted AS (
    SELECT *, coalesce(input_tokens, 0) - _read - _short - _long - coalesce(_in_parts, 0) AS _plain,
        cost_reported_nano = 0 AND NOT _hit AND $zero_missing AND (_tokens > 0
            OR (requests > 0 AND status IS DISTINCT FROM 'error') IS TRUE) AS _zero
    FROM met
), weighed AS (
    SELECT *,
        CASE WHEN _plain = 0 THEN 0 ELSE _plain::{wide} * _price1 END AS _w1,
        CASE WHEN _read = 0 THEN 0 ELSE _read::{wide} * _price2 END AS _w2,
        CASE WHEN _short = 0 THEN 0 ELSE _short::{wide} * _price3 END AS _w3,
        CASE WHEN _long = 0 THEN 0 ELSE _long::{wide} * _price4 END AS _w4,
        CASE WHEN _out = 0 THEN 0 ELSE _out::{wide} * _price5 END AS _w5,
        CASE WHEN _plain = 0 THEN 0 ELSE _plain::{wide} * _list1 END
            + CASE WHEN _read = 0 THEN 0 ELSE _read::{wide} * _list2 END
            + CASE WHEN _short = 0 THEN 0 ELSE _short::{wide} * _list3 END
            + CASE WHEN _long = 0 THEN 0 ELSE _long::{wide} * _list4 END
            + CASE WHEN _out = 0 THEN 0 ELSE _out::{wide} * _list5 END AS _listed,
        (_plain + _read + _short + _long)::{wide} * _price1
            + CASE WHEN _out = 0 THEN 0 ELSE _out::{wide} * _price5 END AS _uncached,
        _plain >= 0 AND _out >= 0
            AND NOT coalesce(list_contains(_flags, 'parts_exceed_total'), false) AS _sound,
        (input_tokens IS NULL AND coalesce(_in_parts, 0) = 0 AND output_tokens > 0
            AND _price1 > 0) IS NOT TRUE AS _complete
    FROM counted
), summed AS (
    SELECT *, CASE WHEN _sound THEN _w1 + _w2 + _w3 + _w4 + _w5 END AS _weight,
        CASE WHEN _zero THEN NULL ELSE cost_reported_nano END AS _reported
    FROM weighed
), computed AS (
    SELECT *, CASE
        WHEN _hit THEN 0
        WHEN _complete AND (_counted AND coalesce(_price1, _price5) IS NOT NULL OR _costed)
        THEN _thousandth(_weight) + coalesce(_kept_nano, 0) END::BIGINT AS _computed
    FROM summed
), chosen AS (
    SELECT *, CASE
        WHEN _hit THEN 'free'
        WHEN $policy <> 'computed' AND _reported <> 0 THEN 'reported'
        WHEN $policy <> 'computed' AND _reported = 0 THEN 'free'
        WHEN $policy <> 'reported' AND _computed IS NOT NULL
            THEN CASE WHEN _computed = 0 AND _weight = 0 THEN 'free' ELSE 'computed' END
        WHEN _reported = 0 THEN 'free'
        ELSE 'unpriced' END AS _chosen,
        CASE WHEN _given_nano <> _kept_nano AND _reported BETWEEN 0 AND _kept_nano - 1
            THEN _given_nano ELSE coalesce(_kept_nano, 0) END AS _reported_items_nano
    FROM computed
), totalled AS (
    SELECT *,
        CASE _chosen WHEN 'reported' THEN _reported WHEN 'computed' THEN _computed
            WHEN 'free' THEN 0 END AS _cost,
        CASE _chosen
            WHEN 'reported' THEN _reported - _reported_items_nano - coalesce(_own1, 0)
                - coalesce(_own2, 0) - coalesce(_own3, 0) - coalesce(_own4, 0) - coalesce(_own5, 0)
            WHEN 'computed' THEN _computed - coalesce(_kept_nano, 0)
            WHEN 'free' THEN 0 END AS _rest,
        CASE WHEN NOT _sound THEN NULL WHEN _chosen = 'reported' AND _own1 IS NOT NULL THEN 0
            ELSE _w1 END AS _s1,
        CASE WHEN _chosen = 'reported' AND _own2 IS NOT NULL THEN 0 ELSE _w2 END AS _v2,
        CASE WHEN _chosen = 'reported' AND _own3 IS NOT NULL THEN 0 ELSE _w3 END AS _v3,
        CASE WHEN _chosen = 'reported' AND _own4 IS NOT NULL THEN 0 ELSE _w4 END AS _v4,
        CASE WHEN _chosen = 'reported' AND _own5 IS NOT NULL THEN 0 ELSE _w5 END AS _v5
    FROM chosen
), running AS (
    SELECT *, _s1 + _v2 AS _s2, _s1 + _v2 + _v3 AS _s3, _s1 + _v2 + _v3 + _v4 AS _s4,
        nullif(_s1 + _v2 + _v3 + _v4 + _v5, 0) AS _s5
    FROM totalled
), guessed AS (
    SELECT *, _guess(_rest, _s1, _s5) AS _g1, _guess(_rest, _s2, _s5) AS _g2,
        _guess(_rest, _s3, _s5) AS _g3, _guess(_rest, _s4, _s5) AS _g4
    FROM running
), shared AS (
    SELECT *, _share(_rest, _s1, _s5, _g1) AS _r1, _share(_rest, _s2, _s5, _g2) AS _r2,
        _share(_rest, _s3, _s5, _g3) AS _r3, _share(_rest, _s4, _s5, _g4) AS _r4
    FROM guessed
)
SELECT * EXCLUDE (
        _price1, _price2, _price3, _price4, _price5, _list1, _list2, _list3, _list4, _list5,
        _book_provider, _book_model, _unknown, _assumed, _kept, _kept_given, _kept_nano,
        _given_nano, _kept_list_nano, _costed, _uncosted, _in_parts, _out_parts,
        _own1, _own2, _own3, _own4, _own5, _read, _long, _short, _out, _tokens, _counted, _hit,
        _plain, _zero, _w1, _w2, _w3, _w4, _w5, _listed, _uncached, _sound, _complete, _weight,
        _reported, _computed, _chosen, _reported_items_nano, _cost, _rest, _v2, _v3, _v4, _v5,
        _s1, _s2, _s3, _s4, _s5, _g1, _g2, _g3, _g4, _r1, _r2, _r3, _r4, _cost_list_nano
    ) REPLACE (
        _book_provider AS provider,
        _reported AS cost_reported_nano,
        CASE
            WHEN _kept_nano IS NULL THEN items
            WHEN _chosen = 'reported' AND _reported_items_nano <> _kept_nano THEN _kept_given
            WHEN _chosen IN ('reported', 'computed') THEN _kept
            ELSE list_transform(_kept, lambda i: struct_pack(rule := i.rule,
                quantity := i.quantity, unit := i.unit,
                cost_nano := CASE WHEN _chosen = 'free' THEN 0::BIGINT END))
        END AS items,
        CASE WHEN _unknown OR _zero OR _uncosted OR _assumed IS NOT NULL OR _reported > 1000000000
            THEN list_concat(coalesce(_flags, []), list_filter([
                CASE WHEN _unknown THEN 'model_unknown' END,
                CASE WHEN _zero THEN 'zero_cost_reported' END,
                CASE WHEN _computed IS NOT NULL AND NOT _hit THEN _assumed END,
                CASE WHEN _uncosted THEN 'item_unpriced' END,
                CASE WHEN _reported > 1000000000 AND _reported::HUGEINT > 100 * _computed::HUGEINT
                    AND NOT _hit THEN 'cost_outlier' END
            ], lambda code: code IS NOT NULL)) ELSE _flags END AS _flags
    ),
    _book_model AS model,
    _cost AS cost_nano,
    _computed AS cost_computed_nano,
    coalesce(_cost_list_nano, CASE WHEN NOT _hit AND _computed IS NOT NULL THEN nullif(
        _thousandth(_listed) + coalesce(_kept_list_nano, 0), _computed) END)::BIGINT
        AS cost_list_nano,
    _chosen AS cost_source,
    CASE WHEN _chosen = 'reported' AND _own1 IS NOT NULL THEN _own1 ELSE _r1 END AS cost_input_nano,
    CASE WHEN _chosen = 'reported' AND _own2 IS NOT NULL THEN _own2 ELSE _r2 - _r1 END
        AS cost_cache_read_nano,
    CASE WHEN _chosen = 'reported' AND _own3 IS NOT NULL THEN _own3 ELSE _r3 - _r2 END
        AS cost_cache_write_nano,
    CASE WHEN _chosen = 'reported' AND _own4 IS NOT NULL THEN _own4 ELSE _r4 - _r3 END
        AS cost_cache_write_1h_nano,
    CASE WHEN _chosen = 'reported' AND _own5 IS NOT NULL THEN _own5
        WHEN _s5 IS NOT NULL THEN _rest - _r4 END AS cost_output_nano,
    CASE WHEN NOT _hit AND coalesce(cache_read_tokens, cache_write_tokens) IS NOT NULL THEN
        _thousandth(_uncached) + coalesce(_kept_nano, 0) - _computed END::BIGINT
        AS cache_savings_nano,
    CASE WHEN _computed IS NOT NULL AND NOT _hit THEN $version END AS price_version
FROM shared
"""

THOUSANDTH = """
CREATE OR REPLACE TEMP MACRO _thousandth(n) AS (
    n // 1000 + (n % 1000 > 500 OR (n % 1000 = 500 AND n // 1000 % 2 = 1))::INTEGER)
"""

# T x S / Z to the nearest integer. A double guesses it to within one (|T| < 2^50, so its error is
# below a half), the exact remainder in 128 bits says which way to go. HUGEINT division would take
# twelve times as long.
GUESS = "CREATE OR REPLACE TEMP MACRO _guess(t, s, z) AS (t * (s::DOUBLE / z::DOUBLE))::BIGINT"
SHARE = """
CREATE OR REPLACE TEMP MACRO _share(t, s, z, g) AS g
    + (2 * (t::HUGEINT * s - g::HUGEINT * z)::BIGINT > z OR
        (2 * (t::HUGEINT * s - g::HUGEINT * z)::BIGINT = z AND g % 2 <> 0))::INTEGER
    - (2 * (t::HUGEINT * s - g::HUGEINT * z)::BIGINT < -z OR
        (2 * (t::HUGEINT * s - g::HUGEINT * z)::BIGINT = -z AND g % 2 <> 0))::INTEGER
"""
# The same in a file with buckets too big for that; beyond 38 digits nothing is itemised.
WIDE_GUESS = "CREATE OR REPLACE TEMP MACRO _guess(t, s, z) AS NULL::BIGINT"
WIDE_SHARE = """
CREATE OR REPLACE TEMP MACRO _share(t, s, z, g) AS
    CASE WHEN abs(t::DOUBLE) * z::DOUBLE < 1e38 THEN _rounded(t::HUGEINT * s, z) END
"""

CREDITS = """
UPDATE {target} SET credits_nano = _rounded(cost_nano::HUGEINT * r.per_usd_micro, 1000000)
FROM credit_rate r
WHERE credits_nano IS NULL AND cost_nano IS NOT NULL
    AND started_at >= r.start_at AND started_at < r.end_at
"""

LEFTOVERS = tuple(
    f"DROP TABLE {name}" for name in ("_item", "_itemised", "_card", "_card_rate", "_rule")
)
