"""Which model of the price book a (provider, name) pair of an event means. Unknown stays unknown."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

Clause: TypeAlias = tuple[str, Any]  # (eq | starts | ends | contains | regex | or | and, needle)

# OpenTelemetry provider name -> the price book's. Unlisted names are looked up as they are.
_BOOK_NAMES: dict[str, str] = {
    "aws.bedrock": "aws",
    "azure.ai.openai": "azure",
    "azure.ai.inference": "azure",
    "gcp.gemini": "google",
    "gcp.vertex_ai": "google",
    "gcp.gen_ai": "google",
    "mistral_ai": "mistral",
    "x_ai": "x-ai",
}
_OTEL_NAMES: dict[str, str] = {
    "aws": "aws.bedrock",
    "azure": "azure.ai.openai",
    "google": "gcp.gemini",
    "mistral": "mistral_ai",
    "x-ai": "x_ai",
}
# `prefix/model` as gateways write it -> OpenTelemetry provider name. The price book's own provider
# names are prefixes too; the last group serves models without a public price.
_PREFIXES: dict[str, str] = {
    "azure_ai": "azure.ai.inference",
    "bedrock": "aws.bedrock",
    "bedrock_converse": "aws.bedrock",
    "codestral": "mistral_ai",
    "cohere_chat": "cohere",
    "fireworks_ai": "fireworks",
    "gemini": "gcp.gemini",
    "github_copilot": "github-copilot",
    "meta_llama": "meta",
    "moonshot": "moonshotai",
    "text-completion-openai": "openai",
    "together_ai": "together",
    "vertex_ai": "gcp.vertex_ai",
    "vertex_ai_beta": "gcp.vertex_ai",
    "voyage": "voyageai",
    "xai": "x_ai",
    **{
        name: name
        for name in (
            "anyscale", "dashscope", "deepinfra", "featherless_ai", "github", "huggingface",
            "hyperbolic", "jina_ai", "lambda_ai", "lm_studio", "nebius", "nvidia_nim", "ollama",
            "petals", "predibase", "replicate", "sagemaker", "sambanova", "vllm", "volcengine",
        )
    },
    "hosted_vllm": "vllm",
    "ollama_chat": "ollama",
    "watsonx": "ibm.watsonx.ai",
}  # fmt: skip
# Gateways that name themselves where the provider belongs: they say nothing about whose model it is.
_NO_PROVIDER = frozenset({"litellm", "litellm_proxy"})
_PLAIN: dict[str, Callable[[str, str], bool]] = {
    "eq": str.__eq__,
    "starts": str.startswith,
    "ends": str.endswith,
    "contains": str.__contains__,
}
_COMPACT_DATE = re.compile(r"-(20\d{2})(\d{2})(\d{2})(?=-|:|$)")


@dataclass(frozen=True, slots=True)
class Match:
    """What a pair means. `owner` and `book_id` are None when the price book has no such model.

    `provider` is the event's, else the inferred OpenTelemetry name; `model` is the canonical id.
    """

    provider: str | None
    model: str | None
    cleaned: str | None = None  # the name without prefix, lower case
    seller: str | None = None  # the price book's provider that was asked
    owner: str | None = None  # the provider whose price list holds the model
    book_id: str | None = None


@dataclass(frozen=True, slots=True)
class Seller:
    """One provider of the price book and the names of its models, first match wins."""

    name: str
    model_clause: Clause | None
    provider_clause: Clause | None
    fallback: tuple[str, ...]
    models: tuple[tuple[str, Clause], ...]


@dataclass(frozen=True, slots=True)
class _Index:
    """Model clauses of a seller, equality apart so that most names cost one look-up."""

    exact: Mapping[str, int]
    others: tuple[tuple[int, Callable[[str], bool]], ...]
    ids: tuple[str, ...]

    def find(self, name: str) -> str | None:
        first = self.exact.get(name, len(self.ids))
        for at, test in self.others:
            if at >= first:
                break
            if test(name):
                return self.ids[at]
        return self.ids[first] if first < len(self.ids) else None


@dataclass(frozen=True, slots=True)
class Names:
    """All sellers and how to find a model among them. `aliases` are a house's own model names."""

    sellers: tuple[Seller, ...]
    aliases: Mapping[str, str] = field(default_factory=dict[str, str])
    _indexes: dict[str, _Index] = field(default_factory=dict[str, _Index], repr=False)

    def match(self, provider: str | None, raw: str | None) -> Match:
        """The model meant by `raw` (model_raw) of `provider` (OpenTelemetry name or None)."""
        if raw is None:
            return Match(provider, None)
        name = self._aliased(raw).lower()
        named, rest = self._prefix(name)
        if provider is None or provider.lower() in _NO_PROVIDER:
            return self._without_provider(provider, name, named, rest)
        cleaned = rest if named else name
        seller = self._seller(provider)
        if seller is None:
            return Match(provider, cleaned, cleaned)
        return (
            self._found(provider, seller, name, cleaned)
            or (self._found(provider, seller, rest, cleaned) if named else None)
            or Match(provider, cleaned, cleaned, seller.name)
        )

    def _without_provider(
        self, provider: str | None, name: str, named: str | None, rest: str
    ) -> Match:
        if named:
            seller = self._seller(named)
            found = self._found(named, seller, rest, rest) if seller else None
            return found or Match(named, rest, rest, seller.name if seller else None)
        for seller in self.sellers:
            if seller.model_clause and test_of(seller.model_clause)(name):
                otel = _OTEL_NAMES.get(seller.name, seller.name)
                return self._found(otel, seller, name, name) or Match(provider, name, name)
        return Match(provider, name, name)

    def book_name(self, provider: str) -> str | None:
        """The price book's name of an OpenTelemetry provider, None when it has no prices of it."""
        seller = self._seller(provider)
        return seller.name if seller else None

    def _aliased(self, raw: str) -> str:
        return self.aliases.get(raw) or self.aliases.get(raw.casefold()) or raw

    def _prefix(self, name: str) -> tuple[str | None, str]:
        """(OpenTelemetry provider, rest) of `prefix/rest`; (None, name) without a known prefix."""
        head, slash, rest = name.partition("/")
        if not slash or not rest:
            return None, name
        if head in _PREFIXES:
            return _PREFIXES[head], rest
        if any(seller.name == head for seller in self.sellers):
            return _OTEL_NAMES.get(head, head), rest
        return None, name

    def _seller(self, provider: str) -> Seller | None:
        asked = provider.lower().strip()
        wanted = _BOOK_NAMES.get(asked, asked)
        for seller in self.sellers:
            if seller.name == wanted:
                return seller
        for seller in self.sellers:
            if seller.provider_clause and test_of(seller.provider_clause)(asked):
                return seller
        return None

    def _found(self, provider: str, seller: Seller, name: str, cleaned: str) -> Match | None:
        for spelling in dict.fromkeys((name, dashed_date(name))):
            for owner in (seller.name, *seller.fallback):
                book_id = self._index(owner).find(spelling)
                if book_id is not None:
                    return Match(provider, book_id, cleaned, seller.name, owner, book_id)
        return None

    def _index(self, owner: str) -> _Index:
        if owner not in self._indexes:
            models = next((s.models for s in self.sellers if s.name == owner), ())
            self._indexes[owner] = _indexed(models)
        return self._indexes[owner]


def _indexed(models: tuple[tuple[str, Clause], ...]) -> _Index:
    exact: dict[str, int] = {}
    others: list[tuple[int, Callable[[str], bool]]] = []
    for at, (_, clause) in enumerate(models):
        rest: list[Clause] = []
        for part in clause[1] if clause[0] == "or" else (clause,):
            if part[0] == "eq":
                exact.setdefault(part[1].lower(), at)
            else:
                rest.append(part)
        if rest:
            others.append((at, test_of(("or", tuple(rest)))))
    return _Index(exact, tuple(others), tuple(model for model, _ in models))


def test_of(clause: Clause) -> Callable[[str], bool]:
    """A test of lower-case text for one clause."""
    kind, needle = clause
    if kind in ("or", "and"):
        tests = tuple(test_of(part) for part in needle)
        holds = any if kind == "or" else all
        return lambda text: holds(test(text) for test in tests)
    if kind == "regex":
        pattern = re.compile(needle)
        return lambda text: pattern.search(text) is not None
    sought = str(needle).lower()
    return lambda text: _PLAIN[kind](text, sought)


def dashed_date(name: str) -> str:
    """`…-20251211` as `…-2025-12-11`, the way the price book spells dated models."""

    def dashed(found: re.Match[str]) -> str:
        year, month, day = (int(part) for part in found.groups())
        try:
            return f"-{date(year, month, day).isoformat()}"
        except ValueError:
            return found[0]

    return _COMPACT_DATE.sub(dashed, name)


def to_lines(sellers: Iterable[Seller]) -> str:
    """The sellers as JSON lines: one per seller, then one per model of it."""
    lines: list[object] = []
    for s in sellers:
        lines.append(
            {
                "seller": s.name,
                "fallback": s.fallback,
                "model": s.model_clause,
                "provider": s.provider_clause,
            }
        )
        lines.extend([model, clause] for model, clause in s.models)
    return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)


def from_lines(text: str) -> tuple[Seller, ...]:
    """The sellers written by `to_lines`."""
    heads: list[dict[str, Any]] = []
    models: list[list[tuple[str, Clause]]] = []
    for written in text.splitlines():
        line: Any = json.loads(written)
        if written.startswith("{"):
            heads.append(line)
            models.append([])
        else:
            models[-1].append((line[0], _clause(line[1])))
    return tuple(
        Seller(
            head["seller"],
            _clause(head["model"]) if head["model"] else None,
            _clause(head["provider"]) if head["provider"] else None,
            tuple(head["fallback"]),
            tuple(own),
        )
        for head, own in zip(heads, models, strict=True)
    )


def _clause(parsed: list[Any]) -> Clause:
    kind, needle = parsed
    return kind, tuple(_clause(part) for part in needle) if kind in ("or", "and") else needle
