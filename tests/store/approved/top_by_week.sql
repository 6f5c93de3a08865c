SELECT 0 AS g, (((epoch_us(started_at) + CASE WHEN epoch_us(started_at) < 1793512800000000 THEN -14400000000 ELSE -18000000000 END) + 259200000000) // 604800000000) AS k0, project AS k1, (count(*))::BIGINT AS n, (sum(cost_nano))::BIGINT AS p0, (sum(CASE WHEN status = 'error' THEN requests WHEN status IN ('ok', 'error', 'cancelled') THEN 0 END))::BIGINT AS p1, (sum(requests) FILTER (WHERE status IN ('ok', 'error', 'cancelled')))::BIGINT AS p2
FROM read_parquet($v5::VARCHAR[], hive_partitioning = false)
WHERE started_at >= $v0::TIMESTAMP AND started_at < $v1::TIMESTAMP AND (((list_contains($v2::VARCHAR[], user_id))) OR ((project IS NULL OR list_contains($v3::VARCHAR[], project)))) AND ((list_contains($v4::VARCHAR[], model)))
GROUP BY k0, k1
