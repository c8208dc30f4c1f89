"""The official SDK of OpenAI, on every route to the backend."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletion

from .routes import ROUTES, Network

_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

_WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


@pytest.fixture(params=ROUTES)
def route(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def client(network: Network, route: str) -> openai.OpenAI:
    return network.openai(route)


@pytest.fixture(params=[False, True], ids=["whole", "stream"])
def ask(request: pytest.FixtureRequest, client: openai.OpenAI) -> Any:
    """Asks in one piece or by a stream; both have to give the same."""

    def create(**arguments: Any) -> ChatCompletion:
        arguments = {"model": "demo", **arguments}
        if not request.param:
            completion: ChatCompletion = client.chat.completions.create(**arguments)
            return completion
        with client.chat.completions.stream(**arguments, stream_options={"include_usage": True}) as stream:
            return stream.get_final_completion()

    return create


def _user(content: Any) -> Any:
    return {"role": "user", "content": content}


def test_text(ask: Any) -> None:
    completion = ask(messages=[_user("hello")])
    choice, usage = completion.choices[0], completion.usage
    assert (choice.message.content, choice.finish_reason) == ("Hello! You said: hello", "stop")
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (42, 8, 50)
    assert usage.prompt_tokens_details.cached_tokens == 30


def test_chinese(ask: Any) -> None:
    assert ask(messages=[_user("你好")]).choices[0].message.content.startswith("你好")


def test_system(ask: Any, network: Network) -> None:
    ask(messages=[{"role": "system", "content": "Be brief."}, _user("hello")])
    body = network.upstream.last.body
    assert "Be brief." in str(body.get("system", body["messages"][0]["content"]))


def test_image(ask: Any) -> None:
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{_PIXEL}"}}
    completion = ask(messages=[_user([image, {"type": "text", "text": "What is this?"}])])
    assert completion.choices[0].message.content == "I see 1 image(s)."


def test_parallel_tools_and_their_results(ask: Any) -> None:
    asked = [_user("What is the weather?")]
    called = ask(messages=asked, tools=[_WEATHER]).choices[0]
    assert called.finish_reason == "tool_calls"
    calls = called.message.tool_calls
    assert [(call.id, call.function.name, json.loads(call.function.arguments)) for call in calls] == [
        ("call_demo_0", "get_weather", {"city": "Paris"}),
        ("call_demo_1", "get_weather", {"city": "北京"}),
    ]
    results = [
        {"role": "tool", "tool_call_id": call.id, "content": f"{place} °C"} for place, call in enumerate(calls, 18)
    ]
    message = called.message.model_dump(exclude={"parsed"}, exclude_none=True)
    for call in message["tool_calls"]:
        call["function"].pop("parsed_arguments", None)
    answered = ask(messages=[*asked, message, *results], tools=[_WEATHER])
    assert answered.choices[0].message.content == "The tools say: 18 °C; 19 °C"


def test_reasoning(ask: Any) -> None:
    message = ask(model="demo-think", reasoning_effort="low", messages=[_user("hi")]).choices[0].message
    assert message.reasoning_content == "The user wants me to think, so I do."
    assert message.content == "Hello! You said: hi"


def test_structured_output(ask: Any) -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "degrees": {"type": "integer"}},
        "required": ["city", "degrees"],
        "additionalProperties": False,
    }
    form = {"type": "json_schema", "json_schema": {"name": "weather", "strict": True, "schema": schema}}
    completion = ask(messages=[_user("As JSON.")], response_format=form)
    assert completion.choices[0].message.content == '{"city": "demo", "degrees": 21}'


def test_limit_on_tokens(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(model="demo-cut", messages=[_user("hi")])
    assert completion.choices[0].finish_reason == "length"


# -- errors ----------------------------------------------------------------------------------------

_STATUS_ERRORS = {
    400: openai.BadRequestError,
    401: openai.AuthenticationError,
    403: openai.PermissionDeniedError,
    404: openai.NotFoundError,
    429: openai.RateLimitError,
    500: openai.InternalServerError,
}


@pytest.mark.parametrize("status", _STATUS_ERRORS)
def test_errors(ask: Any, status: int) -> None:
    with pytest.raises(_STATUS_ERRORS[status]) as caught:
        ask(model=f"demo-error-{status}", messages=[_user("hi")])
    assert caught.value.status_code == status
    assert "as it was asked to" in caught.value.message
    assert caught.value.response.headers["retry-after"] == "7"
    assert caught.value.request_id == "req_demo"


def test_overloaded(network: Network) -> None:
    """OpenAI has no 529."""
    with pytest.raises(openai.InternalServerError) as caught:
        network.openai("proxy").chat.completions.create(model="demo-error-529", messages=[_user("hi")])
    assert caught.value.status_code == 503


def test_key_that_is_not_valid(network: Network, route: str) -> None:
    with pytest.raises(openai.AuthenticationError):
        network.openai(route, "invalid").chat.completions.create(model="demo", messages=[_user("hi")])


def test_error_in_mid_stream(client: openai.OpenAI) -> None:
    """What came before it has been delivered."""
    chunks = client.chat.completions.create(model="demo-broken", messages=[_user("hi")], stream=True)
    texts = filter(None, (chunk.choices[0].delta.content for chunk in chunks))
    assert list(islice(texts, 4)) == ["Hello! ", "You ", "said: ", "hi"]
    with pytest.raises(openai.APIError, match="Overloaded"):
        list(chunks)


def test_truncated_stream(client: openai.OpenAI, route: str) -> None:
    if route in ("nothing", "same"):
        pytest.skip("the SDK itself does not notice")
    with pytest.raises(openai.APIError, match="ended early"):
        list(client.chat.completions.create(model="demo-truncated", messages=[_user("hi")], stream=True))


# -- other endpoints -------------------------------------------------------------------------------


def test_models(client: openai.OpenAI) -> None:
    models = list(client.models.list())
    assert [model.id for model in models][:2] == ["demo", "demo-think"]
    assert models[0].created == 1767225600


def test_usage_only_on_request(client: openai.OpenAI) -> None:
    chunks = list(client.chat.completions.create(model="demo", messages=[_user("hi")], stream=True))
    assert all(chunk.usage is None for chunk in chunks)
