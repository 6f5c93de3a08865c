"""Tokens, quantities, latency, outcome and the gateway's price of demo events."""

from typing import Any

import numpy as np

from analytics_core.ingest.demo import cast
from analytics_core.ingest.demo.cast import MODEL
from analytics_core.ingest.demo.columns import NONE, Draw, Events, Ints

ERRORS = ("rate_limit", "timeout", "content_filter", "server_error")
# kind: (smallest quantity, largest, nano-USD of one)
QUANTITIES = {
    "speech_to_text": (20, 900, 100_000),
    "text_to_speech": (200, 4_000, 15_000),
    "image_generation": (1, 4, 40_000_000),
    "video_generation": (4, 8, 400_000_000),
    "rerank": (1, 4, 2_000_000),
    "search": (1, 3, 10_000_000),
    "agent": (1, 6, 30_000_000),
}


def measure(draw: Draw, events: Events, place: Ints) -> None:
    """Fills tokens, quantities, latency, status and the gateway's cost."""
    n = len(events)
    kind = events.kind
    if kind in QUANTITIES:
        low, high, nano = QUANTITIES[kind]
        events.quantity = draw.integers(low, high + 1, size=n)
        events.cost = events.quantity * nano
        events.latency = (draw.lognormal(7.2, 0.5, n)).astype(np.int64)
        if kind == "agent":
            events.latency = np.full(n, NONE)
        return
    _tokens(draw, events, place)
    speed = draw.lognormal(0, 0.35, n)
    out = np.maximum(events.output, 0)
    events.latency = (250 + (300 + out * 9) * speed).astype(np.int64)
    streamed = draw.random(n) < 0.7
    events.ttft = np.where(
        streamed & (out > 0), (180 + 260 * draw.lognormal(0, 0.4, n)).astype(np.int64), NONE
    )
    events.ttft = np.where(events.ttft < events.latency, events.ttft, NONE)
    fail(draw, events, draw.random(n) < 0.018)
    stopped = (draw.random(n) < 0.006) & (events.status == 0)
    events.status = np.where(stopped, 2, events.status)
    if kind not in ("coding", "moderation"):
        events.cost = gateway_cost(events)


def _tokens(draw: Draw, events: Events, place: Ints) -> None:
    n = len(events)
    if events.kind == "coding":
        wide = events.project == cast.PROJECT_NAMES.index(cast.LONG_CONTEXT_PROJECT)
        most = np.where(wide, 420_000, 170_000)
        context = np.minimum(14_000 + place * 2_300 + draw.integers(0, 9_000, n), most)
        events.input = np.where(wide, context + 90_000, context)
        fresh = events.input * draw.uniform(0.02, 0.08, n)
        written = np.where(place == 0, events.input * 0.8, events.input * 0.1).astype(np.int64)
        events.cache_write = written
        events.cache_write_1h = np.where(draw.random(n) < 0.1, written, 0)
        events.cache_read = np.where(place == 0, 0, events.input - fresh.astype(np.int64) - written)
        events.output = np.clip(draw.lognormal(6.0, 0.9, n), 20, 9_000).astype(np.int64)
        return
    scale = {"chat": 8.2, "batch": 8.6, "embedding": 6.4, "moderation": 5.2}[events.kind]
    events.input = np.clip(draw.lognormal(scale, 0.8, n), 12, 60_000).astype(np.int64)
    if events.kind in ("embedding", "moderation"):
        events.output = np.zeros(n, dtype=np.int64)
        return
    events.input = events.input + np.minimum(place, 10) * 420
    events.cache_read = np.where(
        (place > 0) & (draw.random(n) < 0.5), (events.input * 0.6).astype(np.int64), 0
    )
    events.output = np.clip(draw.lognormal(6.1, 0.9, n), 3, 8_000).astype(np.int64)
    thinks = np.isin(events.model, [MODEL["gpt-5"], MODEL["gpt-5-mini"], MODEL["gemini-2.5-pro"]])
    events.reasoning = np.where(
        thinks, (events.output * draw.uniform(0.1, 0.6, n)).astype(np.int64), NONE
    )


def fail(draw: Draw, events: Events, which: np.ndarray[Any, np.dtype[np.bool_]]) -> None:
    """Turns the events of a mask into failed requests: no output, quick, with a reason."""
    n = len(events)
    events.status = np.where(which, 1, events.status)
    events.error = np.where(which, draw.choice(4, size=n, p=[0.45, 0.25, 0.1, 0.2]), events.error)
    events.output = np.where(which, 0, events.output)
    events.reasoning = np.where(which & (events.reasoning > 0), 0, events.reasoning)
    events.ttft = np.where(which, NONE, events.ttft)


def gateway_cost(events: Events) -> Ints:
    """Nano-USD as the gateway reports it: its own (partly old) prices; NONE for an unpriced model."""
    price = np.array([(m.input, m.cache_read, m.output) for m in cast.MODELS], dtype=np.int64)
    believed = np.array([m.gateway_permille for m in cast.MODELS], dtype=np.int64)
    each = price[events.model]
    read = np.maximum(events.cache_read, 0)
    pico = (
        (events.input - read) * each[:, 0]
        + read * each[:, 1]
        + np.maximum(events.output, 0) * each[:, 2]
    )
    pico = pico * believed[events.model] // 1000
    if events.batch:
        pico = pico // 2
    unknown = np.isin(events.model, [MODEL["house-preview"], MODEL["house-large"]])
    return np.where(unknown, NONE, pico // 1000)
