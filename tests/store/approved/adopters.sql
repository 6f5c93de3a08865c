WITH here AS (SELECT grouping_id(m) AS g, m, user_id, count(DISTINCT w) AS weeks
FROM (SELECT feature AS m, user_id, (((epoch_us(started_at) + CASE WHEN epoch_us(started_at) < 1793512800000000 THEN -14400000000 ELSE -18000000000 END) + 259200000000) // 604800000000) AS w
FROM read_parquet($v3::VARCHAR[], hive_partitioning = false)
WHERE started_at >= $v0::TIMESTAMP AND started_at < $v1::TIMESTAMP AND (((list_contains($v2::VARCHAR[], user_id)))) AND (true) AND feature IS NOT NULL AND user_id IS NOT NULL) AS e
GROUP BY GROUPING SETS ((m, user_id), (user_id))),
before AS (SELECT grouping_id(m) AS g, m, user_id
FROM (SELECT feature AS m, user_id
FROM read_parquet($v3::VARCHAR[], hive_partitioning = false)
WHERE true AND (((list_contains($v2::VARCHAR[], user_id)))) AND (true) AND started_at < $v0::TIMESTAMP AND feature IS NOT NULL AND user_id IS NOT NULL) AS e
GROUP BY GROUPING SETS ((m, user_id), (user_id))) SELECT here.g, here.m, (count(*))::BIGINT AS users, (count(*) FILTER (WHERE weeks >= 2))::BIGINT AS repeat, (count(*) FILTER (WHERE before.user_id IS NULL))::BIGINT AS fresh
FROM here
LEFT JOIN before ON here.g = before.g AND here.user_id = before.user_id AND here.m IS NOT DISTINCT
FROM before.m
GROUP BY here.g, here.m
ORDER BY here.g, here.m
