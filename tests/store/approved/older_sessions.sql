WITH kept AS (SELECT session_id, min(started_at) AS first
FROM read_parquet($v5::VARCHAR[], hive_partitioning = false)
WHERE started_at >= $v2::TIMESTAMP AND started_at < $v3::TIMESTAMP AND (((list_contains($v4::VARCHAR[], user_id)))) AND (true) AND session_id IS NOT NULL
GROUP BY session_id HAVING (min(started_at), session_id) < ($v0::TIMESTAMP, $v1::VARCHAR)
ORDER BY first DESC, session_id DESC LIMIT $v6::BIGINT),
lifted AS MATERIALIZED (SELECT session_id, epoch_us(started_at) AS start_us, coalesce(epoch_us(ended_at), epoch_us(started_at) + latency_ms * 1000, epoch_us(started_at)) AS end_us, ended_at IS NOT NULL OR latency_ms IS NOT NULL AS ends
FROM (SELECT *
FROM read_parquet($v5::VARCHAR[], hive_partitioning = false)
WHERE true AND (((list_contains($v4::VARCHAR[], user_id)))) AND (true) AND session_id IN (SELECT session_id
FROM kept)) AS event),
said AS (SELECT session_id, arg_min(user_id, (started_at, event_id)) AS user, (count(DISTINCT user_id))::BIGINT AS user_count, arg_min(team, (started_at, event_id)) AS team, (count(DISTINCT team))::BIGINT AS team_count, arg_min(agent, (started_at, event_id)) AS agent, (count(DISTINCT agent))::BIGINT AS agent_count, arg_min(project, (started_at, event_id)) AS project, (count(DISTINCT project))::BIGINT AS project_count, arg_min(repository, (started_at, event_id)) AS repository, (count(DISTINCT repository))::BIGINT AS repository_count, (sum(requests))::BIGINT AS requests, (sum(coalesce(input_tokens + output_tokens, input_tokens, output_tokens)))::BIGINT AS total_tokens, (sum(cost_nano))::BIGINT AS cost
FROM read_parquet($v5::VARCHAR[], hive_partitioning = false)
WHERE started_at >= $v2::TIMESTAMP AND started_at < $v3::TIMESTAMP AND (((list_contains($v4::VARCHAR[], user_id)))) AND (true) AND session_id IN (SELECT session_id
FROM kept)
GROUP BY session_id),
facts AS (SELECT session_id, min(start_us) AS started, max(start_us) AS last, CASE WHEN count(*) > 1 OR bool_or(ends) THEN max(end_us) - min(start_us) END AS duration_us
FROM lifted
GROUP BY session_id) SELECT session_id AS session, first, started, CASE WHEN NOT last > epoch_us($v7::TIMESTAMP) THEN duration_us END AS duration_us, last > epoch_us($v7::TIMESTAMP) AS running, user, user_count, team, team_count, agent, agent_count, project, project_count, repository, repository_count, requests, total_tokens, cost
FROM kept JOIN said USING (session_id) JOIN facts USING (session_id)
ORDER BY first DESC, session_id DESC
