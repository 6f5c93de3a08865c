WITH cells AS MATERIALIZED (SELECT 0 AS g, k0, k1, (count(*))::BIGINT AS n, (sum(cost_nano))::BIGINT AS p0, (sum(CASE WHEN status = 'error' THEN requests WHEN status IN ('ok', 'error', 'cancelled') THEN 0 END))::BIGINT AS p1, (sum(requests) FILTER (WHERE status IN ('ok', 'error', 'cancelled')))::BIGINT AS p2
FROM (SELECT *, (((epoch_us(started_at) + CASE WHEN epoch_us(started_at) < 1793512800000000 THEN -14400000000 ELSE -18000000000 END) + 259200000000) // 604800000000) AS k0, project AS k1
FROM read_parquet($v5::VARCHAR[], hive_partitioning = false)
WHERE started_at >= $v0::TIMESTAMP AND started_at < $v1::TIMESTAMP AND (((list_contains($v2::VARCHAR[], user_id))) OR ((project IS NULL OR list_contains($v3::VARCHAR[], project)))) AND ((list_contains($v4::VARCHAR[], model)))) AS event
GROUP BY k0, k1),
r0 AS (SELECT m, row_number() OVER (ORDER BY v DESC NULLS LAST, lower(m), m) AS r, row_number() OVER (ORDER BY lower(m), m) AS a, count(*) OVER () AS n
FROM (SELECT k1 AS m, sum(p0) AS v
FROM cells
WHERE g = 0 AND k1 IS NOT NULL
GROUP BY k1) AS member) (SELECT 0 AS g, b, s0, m0, c0, s1, m1, c1, (coalesce(sum(n), 0))::BIGINT AS n, (sum(p0))::BIGINT AS p0, (sum(p1))::BIGINT AS p1, (sum(p2))::BIGINT AS p2
FROM (SELECT k0 AS b, CASE WHEN k1 IS NULL THEN 1099511627777 WHEN ranks0.r <= $v6::BIGINT OR ranks0.n = $v6::BIGINT + 1 THEN ranks0.r ELSE 1099511627776 END AS s0, CASE WHEN s0 < 1099511627776 THEN k1 END AS m0, CASE WHEN s0 = 1099511627776 THEN ranks0.n - $v6::BIGINT WHEN s0 < 1099511627776 THEN 1 ELSE 0 END AS c0, (0)::BIGINT AS s1, (NULL)::VARCHAR AS m1, (0)::BIGINT AS c1, cells.n, p0, p1, p2
FROM cells
LEFT JOIN r0 AS ranks0 ON ranks0.m = cells.k1
WHERE g = 0) AS c
GROUP BY b, s0, m0, c0, s1, m1, c1)
ORDER BY g, b, s0, s1
