"""Cost and usage as FOCUS 1.2 rows, part by part (METRICS.md 4.11)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl
import pyarrow as pa
import pyarrow.compute

from analytics_core.export import csv
from analytics_core.export.answer import of_selection
from analytics_core.export.columnar import decimals
from analytics_core.export.rows import decimal
from analytics_core.export.stream import Tally, parquet_parts
from analytics_core.reports.activity import without_item_picks
from analytics_core.store import focus
from analytics_core.store.sql_focus import KEYS
from analytics_core.store.sql_relations import UNSPLIT
from analytics_core.store.view import View

VERSION = "1.2"
_compute: Any = pyarrow.compute  # whose functions are made when it is imported
Kind = Literal["text", "instant", "cost", "quantity", "json"]
_INSTANT = "%Y-%m-%dT%H:%M:%SZ"
_METER = "(not itemised)"  # what no pricing rule explains
_HOUR_US = 3_600_000_000
_COST, _CONSUMED, _PRICED = 9, 6, 12  # digits after the point
_MILLION = "1000000 Tokens"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of FOCUS: what its cells are, whether each row has one, and where it comes from."""

    name: str
    kind: Kind
    filled: bool
    source: str


def _c(name: str, source: str, kind: Kind = "text", *, filled: bool = True) -> Column:
    return Column(name, kind, filled, source)


COLUMNS: tuple[Column, ...] = (
    _c("BilledCost", "cost", "cost"),
    _c("BillingAccountId", "organization, else the setting billing_account"),
    _c("BillingAccountName", "the same"),
    _c("BillingCurrency", "USD"),
    _c("BillingPeriodEnd", "the next month's start, UTC", "instant"),
    _c("BillingPeriodStart", "the month, UTC", "instant"),
    _c("ChargeCategory", "Usage"),
    _c("ChargeClass", "empty: no row corrects another", filled=False),
    _c("ChargeDescription", "model and pricing rule"),
    _c("ChargeFrequency", "Usage-Based"),
    _c("ChargePeriodEnd", "the end of the hour, UTC", "instant"),
    _c("ChargePeriodStart", "the hour in which the events started, UTC", "instant"),
    _c("ConsumedQuantity", "quantity", "quantity"),
    _c("ConsumedUnit", "its unit: Tokens, Seconds, Images …; Requests where nothing is itemised"),
    _c("ContractedCost", "cost", "cost"),
    _c("EffectiveCost", "cost", "cost"),
    _c("InvoiceIssuerName", "provider"),
    _c("ListCost", "cost at list prices where they are known, else cost", "cost"),
    _c("PricingQuantity", "quantity, of tokens in millions", "quantity"),
    _c("PricingUnit", "1000000 Tokens, or the unit"),
    _c("ProviderName", "provider"),
    _c("PublisherName", "provider"),
    _c("ResourceName", "model", filled=False),
    _c("ServiceCategory", "AI and Machine Learning"),
    _c("ServiceName", "provider and service type"),
    _c("ServiceSubcategory", "Generative AI"),
    _c("SkuId", "provider, model and pricing rule"),
    _c("SkuMeter", "pricing rule"),
    _c("SubAccountId", "project", filled=False),
    _c("SubAccountName", "project", filled=False),
    _c("Tags", "tags, as a JSON object", "json", filled=False),
    _c("x_Source", "the sources that told of it"),
)
_TYPES: Mapping[Kind, pa.DataType] = {
    "text": pa.string(), "json": pa.string(), "instant": pa.timestamp("us", "UTC"),
    "cost": pa.decimal128(38, _COST), "quantity": pa.decimal128(38, _PRICED),
}  # fmt: skip
_SCHEMA = pa.schema([(column.name, _TYPES[column.kind]) for column in COLUMNS])


def about(view: View) -> dict[str, object]:
    """What is said beside the rows: the selection, and how many events without a cost are left out."""
    selection = of_selection(view.store, view.filters)
    return {
        "rows": "focus",
        "focus_version": VERSION,
        **selection,
        "unpriced_events": unpriced(view),
    }


def unpriced(view: View) -> int:
    """How many events without a cost are left out."""
    return without_item_picks(view).facts().unpriced_events


def csv_pages(view: View, tally: Tally | None = None) -> Iterator[bytes]:
    """The CSV, part by part: a header, then a line per row, the newest hours first."""
    yield f"\ufeff{','.join(c.name for c in COLUMNS)}\r\n".encode()
    for page in (tally or Tally()).over(map(_cells, focus.pages(view))):
        lines = _lines(page)
        yield lines.write_csv(include_header=False, line_terminator="\r\n").encode()


def parquet_pages(view: View, tally: Tally | None = None) -> Iterator[bytes]:
    """The same rows as one Parquet file, part by part: exact decimals, instants."""
    said = about(view)
    pages = (tally or Tally()).over(map(_cells, focus.pages(view)))
    return parquet_parts(map(_table, pages), _SCHEMA, lambda rows: {**said, "row_count": rows})


def _cells(page: pl.DataFrame) -> pl.DataFrame:
    """The columns of FOCUS: text, naive UTC, cost in nano-USD, quantities in millionths of a unit."""
    page = page.with_columns(_json(page["tags"]))
    listed = page.filter(pl.col("rule").is_null()).select(
        *KEYS, pl.col("cost_nano").alias("whole"), pl.col("quantity_micro").alias("list")
    )
    rows = page.filter(pl.col("rule").is_not_null())
    rows = rows.join(listed, on=[*KEYS], how="left", nulls_equal=True, maintain_order="left")
    hour = (pl.col("hour") * _HOUR_US).cast(pl.Datetime("us"))
    month = hour.dt.truncate("1mo")
    rule, model, provider = pl.col("rule"), pl.col("model"), pl.col("provider")
    meter = pl.when(rule == UNSPLIT).then(pl.lit(_METER)).otherwise(rule)
    kind = pl.col("service_type").str.replace_all("_", " ")
    of = pl.coalesce(model, provider)
    tokens = pl.col("unit") == "Tokens"
    found: dict[str, pl.Expr] = {
        "BilledCost": pl.col("cost_nano"),
        "BillingAccountId": pl.col("account"),
        "BillingAccountName": pl.col("account"),
        "BillingCurrency": pl.lit("USD"),
        "BillingPeriodEnd": month.dt.offset_by("1mo"),
        "BillingPeriodStart": month,
        "ChargeCategory": pl.lit("Usage"),
        "ChargeClass": pl.lit(None, pl.String),
        "ChargeDescription": pl.format("{}: {}", of, meter),
        "ChargeFrequency": pl.lit("Usage-Based"),
        "ChargePeriodEnd": hour + pl.duration(hours=1),
        "ChargePeriodStart": hour,
        "ConsumedQuantity": pl.col("quantity_micro"),
        "ConsumedUnit": pl.col("unit"),
        "ContractedCost": pl.col("cost_nano"),
        "EffectiveCost": pl.col("cost_nano"),
        "InvoiceIssuerName": provider,
        "ListCost": _list_cost().over(*KEYS),
        "PricingQuantity": pl.col("quantity_micro"),
        "PricingUnit": pl.when(tokens).then(pl.lit(_MILLION)).otherwise(pl.col("unit")),
        "ProviderName": provider,
        "PublisherName": provider,
        "ResourceName": model,
        "ServiceCategory": pl.lit("AI and Machine Learning"),
        "ServiceName": pl.format("{} {}", provider, kind),
        "ServiceSubcategory": pl.lit("Generative AI"),
        "SkuId": pl.format("{}/{}/{}", provider, pl.coalesce(model, pl.lit("-")), meter),
        "SkuMeter": meter,
        "SubAccountId": pl.col("project"),
        "SubAccountName": pl.col("project"),
        "Tags": pl.col("tags"),
        "x_Source": pl.col("sources"),
    }
    return rows.select(found[column.name].alias(column.name) for column in COLUMNS)


def _json(tags: pl.Series) -> pl.Series:
    """Tags as JSON objects, keys sorted; the same text for the same tags."""
    texts = [
        json.dumps({tag["key"]: tag["value"] for tag in some}, ensure_ascii=False) if some else None
        for some in tags.to_list()
    ]
    return pl.Series("tags", texts, dtype=pl.String)


def _list_cost() -> pl.Expr:
    """The list cost of a group, which is known as a whole, shared out in proportion to cost.

    Rounded so that the parts sum to the whole exactly; a group that cost nothing has it in one row.
    """
    upto, whole, listed = pl.col("cost_nano").cum_sum(), pl.col("whole"), pl.col("list")
    share = pl.when(whole != 0).then(upto.cast(pl.Float64) / whole).otherwise(0.0)
    reached = (
        pl.when(whole == listed)
        .then(upto)
        .when((upto == whole) | (whole == 0))
        .then(listed)
        .otherwise((share * listed).round().cast(pl.Int64))
    )
    return reached - reached.shift(1, fill_value=0)


def _lines(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows as the texts of CSV."""
    tokens = pl.col("PricingUnit") == _MILLION
    priced = pl.when(tokens).then(decimal("PricingQuantity", _PRICED)).otherwise(
        decimal("PricingQuantity", _CONSUMED)
    )  # fmt: skip
    shown: list[pl.Expr] = []
    for column in COLUMNS:
        name, kind = column.name, column.kind
        if kind == "instant":
            shown.append(pl.col(name).dt.to_string(_INSTANT))
        elif kind == "cost":
            shown.append(decimal(name, _COST, trimmed=False))
        elif kind == "quantity":
            shown.append(priced if name == "PricingQuantity" else decimal(name, _CONSUMED))
        else:
            shown.append(csv.guarded_column(name) if kind == "text" else pl.col(name))
    return rows.select(cell.alias(c.name) for cell, c in zip(shown, COLUMNS, strict=True))


def _table(rows: pl.DataFrame) -> pa.Table:
    made = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
    columns: list[Any] = []
    for column in COLUMNS:
        cells = made.column(column.name)
        if column.kind == "cost":
            cells = decimals(cells, _COST)
        elif column.kind == "quantity":
            kind = _TYPES["quantity"]
            whole = decimals(cells, _CONSUMED).cast(kind)
            if column.name == "PricingQuantity":
                tokens = _compute.equal(made.column("PricingUnit"), _MILLION)
                whole = _compute.if_else(tokens, decimals(cells, _PRICED), whole)
            cells = whole
        elif column.kind == "instant":
            cells = cells.cast(pa.timestamp("us")).cast(_TYPES["instant"])
        else:
            cells = cells.cast(pa.string())
        columns.append(cells)
    return pa.table(columns, schema=_SCHEMA)
