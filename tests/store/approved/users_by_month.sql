SELECT 0 AS g, (year(make_timestamp((epoch_us(started_at) + CASE WHEN epoch_us(started_at) < 1793512800000000 THEN -14400000000 ELSE -18000000000 END))) * 12 + month(make_timestamp((epoch_us(started_at) + CASE WHEN epoch_us(started_at) < 1793512800000000 THEN -14400000000 ELSE -18000000000 END))) - 1) AS k0, team AS k1, (nullif(count(DISTINCT user_id), 0))::BIGINT AS p0
FROM read_parquet($v2::VARCHAR[], hive_partitioning = false)
WHERE started_at >= $v0::TIMESTAMP AND started_at < $v1::TIMESTAMP AND ((true)) AND (true)
GROUP BY k0, k1
