"""A made-up year of usage of any size: python -m bench.gen --rows 1e6 --out FOLDER.

Zipf users, models and projects; 20 events per session, 8 per conversation; whole sessions shifted by
random hours so that they cross days and months; 1 id in 500 absent. Canonical Parquet, one file per
month, as an analyst would drop them. Made by DuckDB from a seed: the same rows for the same seed.
"""

import argparse
import time
from datetime import date
from pathlib import Path

import duckdb

USERS, PROJECTS, TEAMS = 5_000, 60, 40
MODELS = (
    ("openai", "gpt-5", 1_250, 10_000), ("openai", "gpt-5-mini", 250, 2_000),
    ("openai", "gpt-4o", 2_500, 10_000), ("anthropic", "claude-sonnet-4-5", 3_000, 15_000),
    ("anthropic", "claude-haiku-4-5", 1_000, 5_000), ("anthropic", "claude-opus-4-8", 5_000, 25_000),
    ("gcp.gemini", "gemini-2.5-pro", 1_250, 10_000), ("gcp.gemini", "gemini-2.5-flash", 300, 2_500),
    ("openai", "text-embedding-3-small", 20, 0), ("self", "house-large", 400, 1_200),
)  # fmt: skip

ROWS = """
SELECT format('bench:{}', i) AS event_id,
       TIMESTAMP '2025-11-01' + to_microseconds(CAST(least(place, 1 - 1e-9) * 31536000000000 AS BIGINT))
           AS started_at,
       'org-' || (team_n % 3) AS organization, 'team-' || team_n AS team,
       CASE WHEN i % 500 <> 0 THEN 'user-' || user_n || '@example.com' END AS user_id,
       CASE WHEN u1 >= 0.06 THEN 'project-' || project_n END AS project,
       'agent-' || (project_n % 14) AS agent,
       CASE WHEN i % 500 <> 1 THEN 's-' || session_n END AS session_id,
       CASE WHEN i % 500 <> 1 THEN 'c-' || (i // 8) END AS conversation_id,
       CASE WHEN u1 < 0.8 THEN 'production' ELSE 'staging' END AS environment,
       m.provider, m.model AS model_raw,
       CASE WHEN m.output_nano = 0 THEN 'embedding' ELSE 'text_generation' END AS service_type,
       CASE WHEN u2 < 0.018 THEN 'error' ELSE 'ok' END AS status,
       input_tokens, output_tokens, cache_read_tokens,
       (input_tokens - cache_read_tokens) * m.input_nano + cache_read_tokens * m.input_nano // 10
           + output_tokens * m.output_nano AS cost_reported_nano,
       CAST(300 + output_tokens * 9 * (0.5 + u2) AS INTEGER) AS latency_ms
FROM (
    SELECT i, i // 20 AS session_n, hash(i, $seed) % 1000003 / 1000003.0 AS u1,
           hash(i, $seed + 1) % 1000003 / 1000003.0 AS u2,
           (i // 20 * 20 + hash(i // 20, $seed + 2) % 40000) / ($rows + 40000)::DOUBLE
               + (i % 20) * 2e-6 AS place,
           CAST(pow(hash(i // 20, $seed + 3) % 1000003 / 1000003.0, 3) * $users AS BIGINT) AS user_n,
           CAST(pow(hash(i // 20, $seed + 4) % 1000003 / 1000003.0, 2) * $projects AS BIGINT)
               AS project_n,
           CAST(pow(hash(i // 20, $seed + 5) % 1000003 / 1000003.0, 2) * $models AS BIGINT) AS model_n,
           CAST(200 + 8000 * pow(hash(i, $seed + 6) % 1000003 / 1000003.0, 2) AS BIGINT)
               AS input_tokens,
           CAST(20 + 1500 * pow(hash(i, $seed + 7) % 1000003 / 1000003.0, 2) AS BIGINT)
               AS out_tokens,
           user_n % $teams AS team_n
    FROM range($first, $last) AS r(i)
) JOIN models AS m ON m.n = model_n,
LATERAL (SELECT CASE WHEN m.output_nano = 0 THEN 0 ELSE out_tokens END AS output_tokens,
                CASE WHEN i % 2 = 0 THEN input_tokens // 2 ELSE 0 END AS cache_read_tokens)
"""


def generate(rows: int, out: Path, seed: int = 7) -> list[Path]:
    """Writes about one file a month under `out`, oldest first; returns them."""
    out.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect()
    con.execute("CREATE TABLE models (n BIGINT, provider TEXT, model TEXT, input_nano BIGINT,"
                " output_nano BIGINT)")  # fmt: skip
    con.executemany(
        "INSERT INTO models VALUES (?, ?, ?, ?, ?)", [(n, *m) for n, m in enumerate(MODELS)]
    )
    paths: list[Path] = []
    files = max(1, min(12, rows // 10_000))
    for part in range(files):
        first, last = rows * part // files // 20 * 20, rows * (part + 1) // files // 20 * 20
        path = out / f"usage-{part + 1:02d}.parquet"
        relation = con.sql(
            ROWS,
            params={
                "rows": rows, "first": first, "last": last if part + 1 < files else rows,
                "seed": seed, "users": USERS - 1, "projects": PROJECTS - 1,
                "models": len(MODELS) - 1, "teams": TEAMS,
            },
        )  # fmt: skip
        relation.write_parquet(str(path), compression="zstd")
        paths.append(path)
    con.close()
    return paths


def newest() -> date:
    """The day after the last event may have happened."""
    return date(2026, 11, 1)


def main() -> None:
    """Writes the files and says how long it took."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=float, default=1e6)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    began = time.perf_counter()
    paths = generate(int(given.rows), given.out, given.seed)
    size = sum(p.stat().st_size for p in paths) / 1e6
    print(f"{int(given.rows):,} rows, {len(paths)} files, {size:.0f} MB, "
          f"{time.perf_counter() - began:.1f} s")  # fmt: skip


if __name__ == "__main__":
    main()
