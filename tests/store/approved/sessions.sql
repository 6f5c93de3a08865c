WITH kept AS (SELECT DISTINCT session_id
FROM read_parquet($v2::VARCHAR[], hive_partitioning = false)
WHERE started_at >= $v0::TIMESTAMP AND started_at < $v1::TIMESTAMP AND ((true)) AND (true) AND session_id IS NOT NULL),
lifted AS MATERIALIZED (SELECT session_id, epoch_us(started_at) AS start_us, coalesce(epoch_us(ended_at), epoch_us(started_at) + latency_ms * 1000, epoch_us(started_at)) AS end_us, ended_at IS NOT NULL OR latency_ms IS NOT NULL AS ends
FROM (SELECT *
FROM read_parquet($v2::VARCHAR[], hive_partitioning = false)
WHERE true AND ((true)) AND (true) AND session_id IN (SELECT session_id
FROM kept)) AS event),
f0 AS (SELECT session_id, min(start_us) AS started, max(start_us) AS last, CASE WHEN count(*) > 1 OR bool_or(ends) THEN max(end_us) - min(start_us) END AS duration_us
FROM lifted
GROUP BY session_id) SELECT 0 AS g, ((started + CASE WHEN started < 1793512800000000 THEN -14400000000 ELSE -18000000000 END) // 86400000000) AS b, (NULL)::VARCHAR AS j0, (NULL)::VARCHAR AS j1, (sum(duration_us))::BIGINT AS p0, (1000000 * count(duration_us))::BIGINT AS p1
FROM (SELECT * REPLACE (CASE WHEN last <= epoch_us($v3::TIMESTAMP) THEN duration_us END AS duration_us)
FROM f0
WHERE started >= epoch_us($v0::TIMESTAMP) AND started < epoch_us($v1::TIMESTAMP)) AS session
GROUP BY ALL HAVING count(*) > 0
