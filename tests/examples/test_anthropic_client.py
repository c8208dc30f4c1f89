"""The official SDK of Anthropic, on every route to the backend."""

from __future__ import annotations

from itertools import islice
from typing import Any

import anthropic
import pytest
from anthropic.types import Message

from .routes import ROUTES, Network

_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

_WEATHER: Any = {
    "name": "get_weather",
    "description": "The weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


@pytest.fixture(params=ROUTES)
def route(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def client(network: Network, route: str) -> anthropic.Anthropic:
    return network.anthropic(route)


@pytest.fixture(params=[False, True], ids=["whole", "stream"])
def ask(request: pytest.FixtureRequest, client: anthropic.Anthropic) -> Any:
    """Asks in one piece or by a stream; both have to give the same."""

    def create(**arguments: Any) -> Message:
        arguments = {"model": "demo", "max_tokens": 1000, **arguments}
        if not request.param:
            message: Message = client.messages.create(**arguments)
            return message
        with client.messages.stream(**arguments) as stream:
            return stream.get_final_message()

    return create


def _user(content: Any) -> Any:
    return {"role": "user", "content": content}


def test_text(ask: Any) -> None:
    message = ask(messages=[_user("hello")])
    assert [block.text for block in message.content] == ["Hello! You said: hello"]
    assert (message.stop_reason, message.role) == ("end_turn", "assistant")
    usage = message.usage
    assert (usage.input_tokens, usage.cache_read_input_tokens, usage.output_tokens) == (12, 30, 8)


def test_chinese(ask: Any) -> None:
    assert ask(messages=[_user("你好")]).content[0].text.startswith("你好")


def test_system(ask: Any, network: Network) -> None:
    ask(system=[{"type": "text", "text": "Be brief."}], messages=[_user("hello")])
    body = network.upstream.last.body
    assert "Be brief." in str(body.get("system", body["messages"][0]["content"]))


def test_image(ask: Any) -> None:
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": _PIXEL}}
    message = ask(messages=[_user([image, {"type": "text", "text": "What is this?"}])])
    assert message.content[0].text == "I see 1 image(s)."


def test_parallel_tools_and_their_results(ask: Any) -> None:
    asked = [_user("What is the weather?")]
    called = ask(messages=asked, tools=[_WEATHER])
    calls = [block for block in called.content if block.type == "tool_use"]
    assert [(call.id, call.name, call.input) for call in calls] == [
        ("call_demo_0", "get_weather", {"city": "Paris"}),
        ("call_demo_1", "get_weather", {"city": "北京"}),
    ]
    assert called.stop_reason == "tool_use"
    results = [
        {"type": "tool_result", "tool_use_id": call.id, "content": f"{place} °C"}
        for place, call in enumerate(calls, 18)
    ]
    answered = ask(
        messages=[*asked, {"role": "assistant", "content": called.content}, _user(results)], tools=[_WEATHER]
    )
    assert answered.content[0].text == "The tools say: 18 °C; 19 °C"


def test_thinking(ask: Any, route: str) -> None:
    message = ask(
        model="demo-think", max_tokens=5000, thinking={"type": "enabled", "budget_tokens": 2000}, messages=[_user("hi")]
    )
    thought, text = message.content
    assert thought.thinking == "The user wants me to think, so I do."
    signed = route in ("nothing", "same", "chain")  # Chat models do not sign
    assert bool(thought.signature) is signed
    assert text.text == "Hello! You said: hi"


def test_structured_output(ask: Any) -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "degrees": {"type": "integer"}},
        "required": ["city", "degrees"],
        "additionalProperties": False,
    }
    message = ask(messages=[_user("As JSON.")], output_config={"format": {"type": "json_schema", "schema": schema}})
    assert message.content[0].text == '{"city": "demo", "degrees": 21}'


def test_limit_on_tokens(ask: Any) -> None:
    assert ask(model="demo-cut", messages=[_user("hi")]).stop_reason == "max_tokens"


# -- errors ----------------------------------------------------------------------------------------

_STATUS_ERRORS = {
    400: anthropic.BadRequestError,
    401: anthropic.AuthenticationError,
    403: anthropic.PermissionDeniedError,
    404: anthropic.NotFoundError,
    429: anthropic.RateLimitError,
    500: anthropic.InternalServerError,
    529: anthropic.OverloadedError,
}


@pytest.mark.parametrize("status", _STATUS_ERRORS)
def test_errors(ask: Any, status: int) -> None:
    with pytest.raises(_STATUS_ERRORS[status]) as caught:
        ask(model=f"demo-error-{status}", messages=[_user("hi")])
    assert caught.value.status_code == status
    assert "as it was asked to" in caught.value.message
    assert caught.value.response.headers["retry-after"] == "7"
    assert caught.value.response.headers["request-id"] == "req_demo"


def test_key_that_is_not_valid(network: Network, route: str) -> None:
    with pytest.raises(anthropic.AuthenticationError):
        network.anthropic(route, "invalid").messages.create(model="demo", max_tokens=10, messages=[_user("hi")])


def test_error_in_mid_stream(client: anthropic.Anthropic) -> None:
    """What came before it has been delivered."""
    events = client.messages.create(model="demo-broken", max_tokens=10, messages=[_user("hi")], stream=True)
    deltas = (event.delta for event in events if event.type == "content_block_delta")
    texts = (delta.text for delta in deltas if delta.type == "text_delta")
    assert list(islice(texts, 4)) == ["Hello! ", "You ", "said: ", "hi"]
    with pytest.raises(anthropic.APIStatusError, match="Overloaded"):
        list(events)


def test_truncated_stream(client: anthropic.Anthropic, route: str) -> None:
    if route in ("nothing", "same"):
        pytest.skip("the SDK itself does not notice")
    events = client.messages.create(model="demo-truncated", max_tokens=10, messages=[_user("hi")], stream=True)
    with pytest.raises(anthropic.APIStatusError, match="ended early"):
        list(events)


# -- other endpoints -------------------------------------------------------------------------------


def test_models(client: anthropic.Anthropic) -> None:
    models = list(client.models.list())
    assert [model.id for model in models][:2] == ["demo", "demo-think"]
    assert models[0].created_at.year == 2026


def test_count_tokens(client: anthropic.Anthropic) -> None:
    counted = client.messages.count_tokens(model="demo", messages=[_user("How many tokens are this?")])
    assert 5 < counted.input_tokens < 50


def test_beta(client: anthropic.Anthropic, network: Network) -> None:
    message = client.beta.messages.create(model="demo", max_tokens=10, betas=["x-2026-01-01"], messages=[_user("hi")])
    assert message.content[0].type == "text"
    if network.upstream.last.path == "/v1/messages":
        assert network.upstream.last.headers.get("anthropic-beta") in (None, "x-2026-01-01")
