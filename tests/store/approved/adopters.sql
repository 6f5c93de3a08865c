WITH kept AS MATERIALIZED (SELECT DISTINCT feature AS m, user_id, (((epoch_us(started_at) + CASE WHEN epoch_us(started_at) < 1793512800000000 THEN -14400000000 ELSE -18000000000 END) + 259200000000) // 604800000000) AS w
FROM read_parquet($v3::VARCHAR[], hive_partitioning = false)
WHERE started_at >= $v0::TIMESTAMP AND started_at < $v1::TIMESTAMP AND (((list_contains($v2::VARCHAR[], user_id)))) AND (true) AND feature IS NOT NULL AND user_id IS NOT NULL),
earlier AS (SELECT DISTINCT feature AS m, user_id
FROM read_parquet($v3::VARCHAR[], hive_partitioning = false)
WHERE true AND (((list_contains($v2::VARCHAR[], user_id)))) AND (true) AND started_at < $v0::TIMESTAMP AND feature IS NOT NULL AND user_id IS NOT NULL),
pairs AS (SELECT m, user_id, weeks, e.user_id IS NULL AS fresh
FROM (SELECT m, user_id, count(*) AS weeks
FROM kept
GROUP BY m, user_id) AS p
LEFT JOIN earlier AS e USING (m, user_id)),
people AS (SELECT user_id, count(DISTINCT w) AS weeks
FROM kept
GROUP BY user_id) SELECT 0 AS g, m, (count(*))::BIGINT AS users, (count(*) FILTER (WHERE weeks >= 2))::BIGINT AS repeat, (count(DISTINCT user_id) FILTER (WHERE fresh))::BIGINT AS fresh
FROM pairs
GROUP BY m
UNION ALL SELECT 1, (NULL)::VARCHAR, (count(*))::BIGINT, (count(*) FILTER (WHERE weeks >= 2))::BIGINT, (SELECT (count(DISTINCT user_id) FILTER (WHERE fresh))::BIGINT
FROM pairs)
FROM people HAVING count(*) > 0
ORDER BY g, m
