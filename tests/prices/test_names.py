"""What the names in events mean: models, prefixes, providers and aliases."""

import pytest

from analytics_core.prices.names import Names, Seller, dashed_date, from_lines, to_lines


@pytest.mark.parametrize(
    ("provider", "raw", "expected"),
    [  # expected: provider, model, the price list that holds it
        ("openai", "gpt-4o", ("openai", "gpt-4o", "openai")),
        ("openai", "GPT-4o-2024-08-06", ("openai", "gpt-4o", "openai")),
        ("openai", "openai/gpt-4o", ("openai", "gpt-4o", "openai")),
        (None, "openai/gpt-4o", ("openai", "gpt-4o", "openai")),
        (None, "gpt-5", ("openai", "gpt-5", "openai")),
        (None, "claude-opus-4-8", ("anthropic", "claude-opus-4-8", "anthropic")),
        (None, "gemini/gemini-2.5-pro", ("gcp.gemini", "gemini-2.5-pro", "google")),
        (None, "gemini-2.5-pro", ("gcp.gemini", "gemini-2.5-pro", "google")),
        (None, "vertex_ai/gemini-2.5-pro", ("gcp.vertex_ai", "gemini-2.5-pro", "google")),
        ("gcp.vertex_ai", "gemini-2.5-pro", ("gcp.vertex_ai", "gemini-2.5-pro", "google")),
        ("litellm", "gpt-5", ("openai", "gpt-5", "openai")),
        ("azure.ai.openai", "gpt-5-2025-08-07", ("azure.ai.openai", "gpt-5", "openai")),
        ("openai", "gpt-5.2-20251211", ("openai", "gpt-5.2", "openai")),
        ("mistral_ai", "codestral-latest", ("mistral_ai", "codestral", "mistral")),
        ("together_ai", "meta-llama/llama-3.3-70b-instruct-turbo",
         ("together_ai", "meta-llama/Llama-3.3-70B-Instruct-Turbo", "together")),
        ("openrouter", "anthropic/claude-3.7-sonnet",
         ("openrouter", "anthropic/claude-3.7-sonnet", "openrouter")),
        (None, "openrouter/anthropic/claude-3.7-sonnet",
         ("openrouter", "anthropic/claude-3.7-sonnet", "openrouter")),
    ],
)  # fmt: skip
def test_a_name_means_the_model_of_its_provider(book, provider, raw, expected):
    match = book().match(provider, raw)
    assert (match.provider, match.model, match.owner) == expected


@pytest.mark.parametrize(
    ("provider", "raw", "expected"),
    [  # expected: provider, model
        (None, "REDACTED", (None, "redacted")),
        (None, "ollama/Llama3", ("ollama", "llama3")),
        (None, "ollama/gpt-oss", ("ollama", "gpt-oss")),
        (None, "openai/REDACTED", ("openai", "redacted")),
        (None, "meta-llama/llama-3", (None, "meta-llama/llama-3")),
        (None, "gpt-/", (None, "gpt-/")),
        (None, "gpt-of-tomorrow", (None, "gpt-of-tomorrow")),
        ("self", "gpt-4o", ("self", "gpt-4o")),
        ("openai", "gpt-of-tomorrow", ("openai", "gpt-of-tomorrow")),
        ("openai", "claude-opus-4-8", ("openai", "claude-opus-4-8")),
        ("openai", None, ("openai", None)),
        (None, None, (None, None)),
    ],
)
def test_unknown_stays_unknown(book, provider, raw, expected):
    match = book().match(provider, raw)
    assert (match.provider, match.model, match.owner) == (*expected, None)


def test_a_house_name_means_the_model_that_aliases_csv_says(book):
    by = book(
        aliases="dimension,value,canonical\n"
        "model,House Chat,gpt-4o\nmodel,,gpt-5\nteam,House Chat,core\n"
    )
    assert by.match(None, "House Chat").model == "gpt-4o"
    assert by.match("openai", "house chat").model == "gpt-4o"
    assert by.match(None, "other").model == "other"
    assert by.lookup([(None, "House Chat"), (None, None)])[None, None].model is None


CLAUSES = (
    Seller(
        "maker",
        ("or", (("starts", "One"), ("and", (("contains", "wo"), ("ends", "X"))))),
        ("regex", "^mak"),
        (),
        (
            ("late", ("or", (("starts", "a"), ("eq", "exact-late")))),
            ("early", ("eq", "a-named")),
            ("again", ("eq", "exact-late")),
            ("tail", ("ends", "-Z")),
        ),
    ),
    Seller("other", None, None, ("maker", "nobody"), ()),
)


@pytest.mark.parametrize(
    ("provider", "raw", "model"),
    [
        ("maker", "A-named", "late"),  # the first that matches, though a later one is exact
        ("maker", "exact-late", "late"),
        ("maker", "b-z", "tail"),
        ("maker", "b", None),
        ("makers", "b-z", "tail"),
        (None, "one-z", "tail"),
        (None, "two-x", None),
        ("other", "b-z", "tail"),
        ("other", "b", None),
        ("stranger", "b-z", None),
    ],
)
def test_clauses_match_in_order_whatever_their_kind(provider, raw, model):
    assert Names(CLAUSES).match(provider, raw).book_id == model
    assert Names(from_lines(to_lines(CLAUSES))).match(provider, raw).book_id == model


def test_the_book_knows_its_own_name_of_a_provider(book):
    names = book().names
    assert names.book_name("aws.bedrock") == "aws"
    assert names.book_name("self") is None


def test_a_date_without_dashes_is_spelled_with_them_where_it_is_a_date():
    assert dashed_date("m-20251211") == "m-2025-12-11"
    assert dashed_date("m-20251211:beta") == "m-2025-12-11:beta"
    assert dashed_date("m-20251399") == "m-20251399"
    assert dashed_date("m-2025121") == "m-2025121"
