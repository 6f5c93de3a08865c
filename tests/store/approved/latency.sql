WITH cells AS (SELECT 0 AS g, CASE WHEN latency_ms IS NOT NULL THEN floor(100 * ln(greatest(latency_ms, 1)) + 0.5) END AS h, count(*) AS n
FROM read_parquet($v2::VARCHAR[], hive_partitioning = false)
WHERE started_at >= $v0::TIMESTAMP AND started_at < $v1::TIMESTAMP AND ((true)) AND (true)
GROUP BY h),
running AS (SELECT *, sum(n) OVER (PARTITION BY g
ORDER BY h) AS upto, sum(n) FILTER (WHERE h IS NOT NULL) OVER (PARTITION BY g) AS total
FROM cells) SELECT g, (max(total))::BIGINT AS p0, (min(h) FILTER (WHERE h IS NOT NULL AND upto >= (50 * total + 99) // 100))::BIGINT AS p1, (min(h) FILTER (WHERE h IS NOT NULL AND upto >= (95 * total + 99) // 100))::BIGINT AS p2
FROM running
GROUP BY g
