"""Tables of common names: sums of several requests, and reasoning beside the output."""

import pytest

from analytics_core.ingest.sources.detect import Unrecognised

HEAD = "date,model,region,requests,input_tokens,output_tokens,cost\n"
EUROPE, AMERICA = "2026-10-01,gpt-5,eu,5,100,10,0.5\n", "2026-10-01,gpt-5,us,7,200,20,0.7\n"


def test_a_file_that_counts_requests_is_one_of_sums(mapped):
    first, second = mapped(HEAD + EUROPE + AMERICA)
    assert (first["grain"], first["requests"], second["requests"]) == ("bucket", "5", "7")
    assert first["id"] != second["id"]  # they differ in a column that no dimension has
    (fuller,) = mapped(HEAD + AMERICA.replace(",7,200,", ",9,250,"))
    assert fuller["id"] == second["id"]  # the largest of its day and model


def test_rows_of_one_request_each_stay_requests(mapped):
    rows = mapped(HEAD + EUROPE.replace(",5,", ",1,") * 2)
    assert [(row["grain"], row["requests"], "id" in row) for row in rows] == [
        ("request", "1", False),
        ("request", "1", False),
    ]


def test_sums_with_an_id_keep_it(mapped):
    rows = mapped("id," + HEAD + "a," + EUROPE + "b," + EUROPE)
    assert [(row["id"], row["grain"]) for row in rows] == [("a", "bucket"), ("b", "bucket")]


@pytest.mark.parametrize(
    ("total", "output", "reasoning"),
    [("170", "70", "50"), ("120", "20", "50"), ("999", "20", None), ("", "20", None)],
)
def test_the_total_tells_whether_the_output_holds_the_reasoning(total, output, reasoning, mapped):
    names = "timestamp,model,input_tokens,output_tokens,reasoning_tokens,total_tokens\n"
    (row,) = mapped(names + f"2026-10-01T08:00:00Z,gemini-2.5-pro,100,20,50,{total}\n")
    assert (row["output_tokens"], row.get("reasoning_tokens")) == (output, reasoning)


def test_without_a_total_reasoning_stays_beside_the_event(mapped):
    names = "timestamp,model,input_tokens,output_tokens,reasoning_tokens\n"
    (row,) = mapped(names + "2026-10-01T08:00:00Z,gpt-5,100,70,50\n")
    assert (row["output_tokens"], row["metadata"]) == ("70", '{"reasoning_tokens":"50"}')


@pytest.mark.parametrize(
    "names",
    [
        "requestId,createdAt,modelName,promptTokens,completionTokens,totalCost",
        "Request ID,Created-At,Model,Input Tokens,Output Tokens,Cost (USD)",
    ],
)
def test_names_are_known_by_their_words(names, mapped):
    (row,) = mapped(f"{names}\na,2026-10-01T08:00:00Z,gpt-5,10,1,0.5\n")
    assert row == {
        "source": "generic", "_row": 1, "id": "a", "started_at": "2026-10-01T08:00:00Z",
        "model_raw": "gpt-5", "input_tokens": "10", "output_tokens": "1", "cost_reported": "0.5",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["cost_eur", "inputCost", "Spent (cents)", "charged"])
def test_a_cost_under_another_name_is_asked_for_and_not_ignored(name, detected):
    head = f"timestamp,model,input_tokens,output_tokens,{name}\n"
    row = "2026-10-01T08:00:00Z,gpt-5,10,1,"
    with pytest.raises(Unrecognised, match="is this the cost, and in which currency") as refused:
        detected(f"{head}{row}0.5\n")
    assert refused.value.code == "needs_mapping"
    assert detected(f"{head}{row}0\n{row}\n").name == "generic"  # it says nothing
    assert detected(f"cost,{head}1,{row}0.5\n").name == "generic"


def test_an_empty_column_gives_way_to_another_of_its_role(mapped):
    head = "timestamp,model,input_tokens,output_tokens,cost,total_cost,user,email\n"
    row = "2026-10-01T08:00:00Z,gpt-5,10,1,{}\n"
    first, second = mapped(head + row.format(",0.5,,a@x.com") + row.format("0.25,9,ines,b@x.com"))
    assert (first["cost_reported"], first["user_id"]) == ("0.5", "a@x.com")
    assert (second["cost_reported"], second["user_id"]) == ("0.25", "ines")
    (full,) = mapped(head + row.format("0.25,9,ines,b@x.com"))
    assert (full["cost_reported"], full["metadata"]) == (
        "0.25", '{"total_cost":"9","email":"b@x.com"}',
    )  # fmt: skip
