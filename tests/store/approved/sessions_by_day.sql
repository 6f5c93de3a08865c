WITH ids AS MATERIALIZED (SELECT b0, count(*) AS n
FROM (SELECT bit_or(1::HUGEINT << (((epoch_us(started_at) + CASE WHEN epoch_us(started_at) < 1793512800000000 THEN -14400000000 ELSE -18000000000 END) // 86400000000) - 20758)::HUGEINT) AS b0
FROM read_parquet($v2::VARCHAR[], hive_partitioning = false)
WHERE started_at >= $v0::TIMESTAMP AND started_at < $v1::TIMESTAMP AND ((true)) AND (true) AND session_id IS NOT NULL
GROUP BY session_id) AS id
GROUP BY b0) SELECT 0 AS g, place + 20758 AS b, (NULL)::VARCHAR AS j0, (NULL)::VARCHAR AS j1, (sum(n))::BIGINT AS p0
FROM ids, range(30) AS bucket(place)
WHERE (b0 >> place::HUGEINT) & 1 = 1
GROUP BY place
