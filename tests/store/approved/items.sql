WITH cells AS MATERIALIZED (SELECT 0 AS g, k0, (count(*))::BIGINT AS n, (sum(cost_nano))::BIGINT AS p0
FROM (SELECT *, rule AS k0
FROM (SELECT item.rule, item.unit, item.quantity_micro, item.cost_nano, item.events
FROM (SELECT unnest([{'rule': 'input', 'unit': 'tokens', 'quantity_micro': q_input, 'cost_nano': c_input, 'events': n_input}, {'rule': 'cache_read', 'unit': 'tokens', 'quantity_micro': q_cache_read, 'cost_nano': c_cache_read, 'events': n_cache_read}, {'rule': 'cache_write', 'unit': 'tokens', 'quantity_micro': q_cache_write, 'cost_nano': c_cache_write, 'events': n_cache_write}, {'rule': 'cache_write_1h', 'unit': 'tokens', 'quantity_micro': q_cache_write_1h, 'cost_nano': c_cache_write_1h, 'events': n_cache_write_1h}, {'rule': 'output', 'unit': 'tokens', 'quantity_micro': q_output, 'cost_nano': c_output, 'events': n_output}, {'rule': 'unsplit', 'unit': NULL, 'quantity_micro': q_unsplit, 'cost_nano': c_unsplit, 'events': n_unsplit}]) AS item
FROM (SELECT sum(q_input) FILTER (WHERE q_input <> 0 OR c_input <> 0) * 1000000 AS q_input, sum(c_input) FILTER (WHERE q_input <> 0 OR c_input <> 0) AS c_input, count(*) FILTER (WHERE q_input <> 0 OR c_input <> 0) AS n_input, sum(q_cache_read) FILTER (WHERE q_cache_read <> 0 OR c_cache_read <> 0) * 1000000 AS q_cache_read, sum(c_cache_read) FILTER (WHERE q_cache_read <> 0 OR c_cache_read <> 0) AS c_cache_read, count(*) FILTER (WHERE q_cache_read <> 0 OR c_cache_read <> 0) AS n_cache_read, sum(q_cache_write) FILTER (WHERE q_cache_write <> 0 OR c_cache_write <> 0) * 1000000 AS q_cache_write, sum(c_cache_write) FILTER (WHERE q_cache_write <> 0 OR c_cache_write <> 0) AS c_cache_write, count(*) FILTER (WHERE q_cache_write <> 0 OR c_cache_write <> 0) AS n_cache_write, sum(q_cache_write_1h) FILTER (WHERE q_cache_write_1h <> 0 OR c_cache_write_1h <> 0) * 1000000 AS q_cache_write_1h, sum(c_cache_write_1h) FILTER (WHERE q_cache_write_1h <> 0 OR c_cache_write_1h <> 0) AS c_cache_write_1h, count(*) FILTER (WHERE q_cache_write_1h <> 0 OR c_cache_write_1h <> 0) AS n_cache_write_1h, sum(q_output) FILTER (WHERE q_output <> 0 OR c_output <> 0) * 1000000 AS q_output, sum(c_output) FILTER (WHERE q_output <> 0 OR c_output <> 0) AS c_output, count(*) FILTER (WHERE q_output <> 0 OR c_output <> 0) AS n_output, sum(q_unsplit) FILTER (WHERE q_unsplit <> 0 OR c_unsplit <> 0) * 1000000 AS q_unsplit, sum(c_unsplit) FILTER (WHERE q_unsplit <> 0 OR c_unsplit <> 0) AS c_unsplit, count(*) FILTER (WHERE q_unsplit <> 0 OR c_unsplit <> 0) AS n_unsplit
FROM (SELECT *, input_tokens - coalesce(cache_read_tokens, 0) - coalesce(cache_write_tokens, 0) - input_parts AS q_input, cost_input_nano AS c_input, cache_read_tokens AS q_cache_read, cost_cache_read_nano AS c_cache_read, cache_write_tokens - coalesce(cache_write_1h_tokens, 0) AS q_cache_write, cost_cache_write_nano AS c_cache_write, cache_write_1h_tokens AS q_cache_write_1h, cost_cache_write_1h_nano AS c_cache_write_1h, output_tokens - output_parts AS q_output, cost_output_nano AS c_output, NULL::BIGINT AS q_unsplit, cost_nano - items_nano - coalesce(cost_input_nano, 0) - coalesce(cost_cache_read_nano, 0) - coalesce(cost_cache_write_nano, 0) - coalesce(cost_cache_write_1h_nano, 0) - coalesce(cost_output_nano, 0) AS c_unsplit
FROM (SELECT *, CASE WHEN items IS NULL THEN 0 ELSE coalesce(list_sum([i.quantity::BIGINT for i in items if i.rule IN ('input_audio', 'input_image', 'input_video', 'cache_read_audio', 'cache_read_image')]), 0) END AS input_parts, CASE WHEN items IS NULL THEN 0 ELSE coalesce(list_sum([i.quantity::BIGINT for i in items if i.rule IN ('output_audio', 'output_image', 'output_video', 'output_reasoning', 'output_citation')]), 0) END AS output_parts, CASE WHEN items IS NULL THEN 0 ELSE coalesce(list_sum([i.cost_nano for i in items]), 0) END AS items_nano
FROM read_parquet($v2::VARCHAR[], hive_partitioning = false)
WHERE started_at >= $v0::TIMESTAMP AND started_at < $v1::TIMESTAMP AND ((true)) AND (true)) AS e) AS event
GROUP BY ALL) AS summed) AS leaf
WHERE item.events > 0
UNION ALL SELECT item.rule, item.unit, sum(item.quantity::DECIMAL(38, 6) * 1000000)::HUGEINT, sum(item.cost_nano), count(*)
FROM (SELECT started_at, unnest(items) AS item
FROM (SELECT started_at, items
FROM read_parquet($v2::VARCHAR[], hive_partitioning = false)
WHERE started_at >= $v0::TIMESTAMP AND started_at < $v1::TIMESTAMP AND ((true)) AND (true)) AS event) AS own
WHERE item.quantity <> 0 OR item.cost_nano <> 0
GROUP BY ALL) AS i
WHERE (true)) AS item
GROUP BY k0),
r0 AS (SELECT m, row_number() OVER (ORDER BY v DESC NULLS LAST, lower(m), m) AS r, row_number() OVER (ORDER BY lower(m), m) AS a, count(*) OVER () AS n
FROM (SELECT k0 AS m, sum(p0) AS v
FROM cells
WHERE g = 0 AND k0 IS NOT NULL
GROUP BY k0) AS member) (SELECT 0 AS g, b, s0, m0, c0, s1, m1, c1, (coalesce(sum(n), 0))::BIGINT AS n, (sum(p0))::BIGINT AS p0
FROM (SELECT (NULL)::BIGINT AS b, CASE WHEN k0 IS NULL THEN 1099511627777 ELSE ranks0.r END AS s0, CASE WHEN s0 < 1099511627776 THEN k0 END AS m0, CASE WHEN s0 = 1099511627776 THEN 0 WHEN s0 < 1099511627776 THEN 1 ELSE 0 END AS c0, (0)::BIGINT AS s1, (NULL)::VARCHAR AS m1, (0)::BIGINT AS c1, cells.n, p0
FROM cells
LEFT JOIN r0 AS ranks0 ON ranks0.m = cells.k0
WHERE g = 0) AS c
GROUP BY b, s0, m0, c0, s1, m1, c1)
ORDER BY g, b, s0, s1
