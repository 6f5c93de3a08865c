"""FOCUS 1.0 to 1.3 cost and usage files, LiteLLM's export among them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from analytics_core.ingest.literals import literal
from analytics_core.ingest.raw import Head, RawColumns
from analytics_core.ingest.sources import reading
from analytics_core.ingest.sources.document import Node
from analytics_core.ingest.sources.reading import Reading, buckets, listed
from analytics_core.ingest.sources.source import ANY_KIND, Source

_AI = "ai and machine learning"
_CATEGORIES = ("usage", "credit", "adjustment")  # tax and purchases are no usage
_REQUESTS = ("requests", "request", "api requests", "api request")
_COSTS = ("EffectiveCost", "BilledCost", "ContractedCost", "ListCost")
# A line is a bucket of these: whatever is neither an amount nor a quantity.
_IDENTITY = (
    "ChargePeriodStart", "ChargePeriodEnd", "BillingAccountId", "SubAccountId", "ResourceId",
    "ResourceName", "SkuId", "SkuPriceId", "SkuMeter", "SkuPriceDetails", "ServiceName",
    "ServiceCategory", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency",
    "ConsumedUnit", "PricingUnit", "PricingCategory", "RegionId", "AvailabilityZone",
    "CommitmentDiscountId", "CommitmentDiscountStatus", "CapacityReservationId", "InvoiceId",
    "BillingCurrency", "BillingPeriodStart", "Tags",
)  # fmt: skip
_ISO_4217 = (
    "AED", "ARS", "AUD", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP",
    "EUR", "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JPY", "KES", "KRW", "KWD", "MAD",
    "MXN", "MYR", "NGN", "NOK", "NZD", "PEN", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB",
    "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "UYU", "VND", "ZAR",
)  # fmt: skip
# What LiteLLM writes into Tags, and where it belongs.
_LITELLM = {
    "team": ("team_alias", "team_id"),
    "user_id": ("user_id", "user_email"),
    "organization": ("organization_alias", "organization_id"),
    "api_key": ("api_key_alias",),
}


@dataclass(frozen=True, slots=True)
class _Lines:
    """The select: which lines, which cost column, and (dimension, key of Tags) a person has set."""

    keep_all: bool = False
    cost: str = "EffectiveCost"
    keys: tuple[tuple[str, str], ...] = ()

    def __call__(self, columns: RawColumns, head: Head) -> str:
        at = Reading(columns, head)
        tag_map = f"TRY_CAST({at.json('Tags') or 'NULL'} AS MAP(VARCHAR, VARCHAR))"
        unit = at.lower("ConsumedUnit")
        quantity = at.number("ConsumedQuantity")
        cost, listed_cost = at.value(self.cost), at.value("ListCost")
        category = at.lower("ServiceCategory")
        kind = at.lower("ChargeCategory") or "'usage'"
        is_ai = f"coalesce({category} = '{_AI}', false)" if category else "false"
        kept = listed(kind, _CATEGORIES)
        if not self.keep_all:
            kept += f" AND {is_ai}"
        model = at.text("ResourceName", "SkuMeter")
        generative = at.lower("ServiceSubcategory")
        generated = f"({unit} LIKE '%token%' OR {listed(unit, _REQUESTS)})" if unit else "false"
        if generative:
            generated += f" OR coalesce({generative} = 'generative ai', false)"
        outputs = {
            "skip": f"CASE WHEN {kept} THEN NULL ELSE 'not_usage' END",
            "started_at": at.value("ChargePeriodStart"),
            "ended_at": at.value("ChargePeriodEnd"),
            "requests": (
                f"CASE WHEN {listed(unit, _REQUESTS)} THEN {quantity} END"
                if unit and quantity
                else None
            ),
            "organization": at.text("BillingAccountName", "BillingAccountId"),
            "project": at.text("SubAccountName", "SubAccountId"),
            "provider": at.text("ServiceProviderName", "ProviderName"),
            "model_raw": f"CASE WHEN {is_ai} THEN {model} END" if model else None,
            "service_type": f"CASE WHEN {is_ai} AND ({generated}) THEN NULL ELSE 'other' END",
            "cost_reported": cost,
            "cost_list": listed_cost,
            "currency": at.text("BillingCurrency"),
            "credits": _credits(at),
            "items": reading.items([self._item(at, quantity)]),
            "tags": reading.tags(
                {
                    "service": at.text("ServiceName"),
                    "region": at.text("RegionName", "RegionId"),
                    "charge_category": kind,
                    "invoice": at.text("InvoiceId"),
                },
                objects=[at.json("Tags")],
            ),
        }
        outputs |= self._tagged(outputs, tag_map, head)
        at.ignored("BilledCost", "EffectiveCost", "ContractedCost", "BillingPeriodStart",
                   "BillingPeriodEnd")  # fmt: skip
        keys = [at.text(name) for name in _IDENTITY]
        return buckets(
            {**outputs, "metadata": at.rest()}, keys, ("cost_reported", "cost_list"), "raw"
        )

    def _item(self, at: Reading, quantity: str | None) -> str | None:
        """The line as an item. A cost of 0 may be one that was cut to six decimals: no price."""
        meter, described = at.text("SkuMeter"), at.text("ChargeDescription")
        named = (meter, f"left({described}, 80)" if described else None, "'unsplit'")
        rule = ", ".join(part for part in named if part)
        cost = at.number(self.cost)
        return reading.item(
            f"coalesce({rule})",
            quantity,
            at.text("ConsumedUnit") or "NULL",
            f"nullif({cost}, 0)" if cost else None,
        )

    def _tagged(self, outputs: Mapping[str, str | None], tags: str, head: Head) -> dict[str, str]:
        """Dimensions that stand in Tags: LiteLLM's own, and those a person has set."""
        wanted: dict[str, tuple[str, ...]] = {}
        found: dict[str, str] = {}
        if is_litellm(head):
            wanted |= _LITELLM
            found["project"] = "NULL::VARCHAR"  # its sub-account is the team
        for name, key in self.keys:
            wanted[{"user": "user_id"}.get(name, name)] = (key,)
        for name, keys in wanted.items():
            values = [f"{tags}[{literal(key)}]" for key in keys]
            if name == "organization" and outputs.get(name) and not is_litellm(head):
                values.append(str(outputs[name]))
            found[name] = f"coalesce({', '.join([*values, 'NULL::VARCHAR'])})"
        return found


def is_litellm(head: Head) -> bool:
    """Whether LiteLLM wrote the file: it names the provider in Tags."""
    return any("custom_llm_provider" in str(record.get("Tags")) for record in head.sample)


def _credits(at: Reading) -> str | None:
    """The pricing currency's cost where that currency is no money."""
    currency, cost = at.text("PricingCurrency"), at.value("PricingCurrencyEffectiveCost")
    if currency is None or cost is None:
        return None
    money = listed(f"upper({currency})", _ISO_4217)
    return f"CASE WHEN {currency} IS NOT NULL AND NOT {money} THEN {cost} END"


def _configured(source: Source, options: Mapping[str, Node]) -> Source:
    keep_all = "keep" in options and options["keep"].choice(("ai", "all")) == "all"
    cost = options["cost"].choice(_COSTS) if "cost" in options else "EffectiveCost"
    keys = tuple(
        (name, options[name].text())
        for name in (
            "team",
            "user",
            "project",
            "organization",
            "environment",
            "customer",
            "feature",
        )
        if name in options
    )
    return replace(source, select=_Lines(keep_all, cost, keys))


SOURCE = Source(
    name="focus",
    label="FOCUS cost and usage",
    group="focus",
    grain="bucket",
    convention="inclusive",
    zone="UTC",
    namespace="focus",
    negative_cost=True,
    kinds=ANY_KIND,
    required=("billedcost", "effectivecost", "chargeperiodstart", "chargecategory", "billingcurrency"),
    select=_Lines(),
    configure=_configured,
    options=("keep", "cost", "team", "user", "project", "organization", "environment", "customer",
             "feature"),
)  # fmt: skip
