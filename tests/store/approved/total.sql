WITH cells AS MATERIALIZED (SELECT 0 AS g, (count(*))::BIGINT AS n, (sum(cost_nano))::BIGINT AS p0
FROM (SELECT *
FROM read_parquet($v2::VARCHAR[], hive_partitioning = false)
WHERE started_at >= $v0::TIMESTAMP AND started_at < $v1::TIMESTAMP AND ((true)) AND (true)) AS event) (SELECT 0 AS g, (NULL)::BIGINT AS b, (0)::BIGINT AS s0, (NULL)::VARCHAR AS m0, (0)::BIGINT AS c0, (0)::BIGINT AS s1, (NULL)::VARCHAR AS m1, (0)::BIGINT AS c1, (coalesce(sum(n), 0))::BIGINT AS n, (sum(p0))::BIGINT AS p0
FROM (SELECT (NULL)::BIGINT AS b, (0)::BIGINT AS s0, (NULL)::VARCHAR AS m0, (0)::BIGINT AS c0, (0)::BIGINT AS s1, (NULL)::VARCHAR AS m1, (0)::BIGINT AS c1, cells.n, p0
FROM cells
WHERE g = 0) AS c)
ORDER BY g, b, s0, s1
