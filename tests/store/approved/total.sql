SELECT 0 AS g, (count(*))::BIGINT AS n, (sum(cost_nano))::BIGINT AS p0
FROM read_parquet($v2::VARCHAR[], hive_partitioning = false)
WHERE started_at >= $v0::TIMESTAMP AND started_at < $v1::TIMESTAMP AND ((true)) AND (true)
