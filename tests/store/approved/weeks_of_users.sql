WITH ids AS (SELECT greatest(min(w), 2963) AS cohort, bit_or(CASE WHEN w >= 2963 THEN 1::HUGEINT << (w - 2963)::HUGEINT ELSE 0 END) AS weeks
FROM (SELECT user_id, (((epoch_us(started_at) + CASE WHEN epoch_us(started_at) < 1793512800000000 THEN -14400000000 ELSE -18000000000 END) + 259200000000) // 604800000000) AS w
FROM read_parquet($v2::VARCHAR[], hive_partitioning = false)
WHERE started_at >= $v0::TIMESTAMP AND started_at < $v1::TIMESTAMP AND ((true)) AND (true) AND user_id IS NOT NULL) AS e
GROUP BY user_id),
masks AS MATERIALIZED (SELECT cohort, weeks, count(*) AS n
FROM ids
GROUP BY ALL) SELECT cohort, place + 2964 AS week, (coalesce(sum(n) FILTER (WHERE (weeks >> (place + 1)::HUGEINT) & 1 = 1), 0))::BIGINT AS active, (coalesce(sum(n) FILTER (WHERE (weeks >> (place + 1)::HUGEINT) & 1 = 1 AND (weeks >> place::HUGEINT) & 1 = 1), 0))::BIGINT AS stayed, (coalesce(sum(n) FILTER (WHERE NOT ((weeks >> (place + 1)::HUGEINT) & 1 = 1) AND (weeks >> place::HUGEINT) & 1 = 1), 0))::BIGINT AS gone
FROM masks, range(4) AS bucket(place)
GROUP BY cohort, place
ORDER BY cohort, place
