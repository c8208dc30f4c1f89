"""The SDK of Anthropic through the proxy on port 8088: a greeting in Chinese and a tool call, both streamed.

    python examples/anthropic2openai_proxy.py --demo
    python examples/anthropic_client.py

``PROXY_URL``, ``API_KEY`` and ``MODEL`` say otherwise where to ask, as whom, and what.
"""

from __future__ import annotations

import os
from typing import Final

from anthropic import Anthropic
from anthropic.types import MessageParam, ToolParam, ToolResultBlockParam

WEATHER: Final[ToolParam] = {
    "name": "get_weather",
    "description": "The weather in a city, now.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def greet(client: Anthropic, model: str) -> None:
    with client.messages.stream(model=model, max_tokens=1000, messages=[{"role": "user", "content": "你好"}]) as stream:
        for text in stream.text_stream:
            print(text, end="", flush=True)
    print()


def ask_for_the_weather(client: Anthropic, model: str) -> None:
    """One turn that calls the tool, and one that reads what it said."""
    messages: list[MessageParam] = [{"role": "user", "content": "What is the weather in Paris?"}]
    with client.messages.stream(model=model, max_tokens=1000, messages=messages, tools=[WEATHER]) as stream:
        message = stream.get_final_message()
    results: list[ToolResultBlockParam] = []
    for block in message.content:
        if block.type == "tool_use":
            print(f"{block.name}({block.input.get('city')})")
            content = f"21 °C in {block.input.get('city')}"
            results.append({"type": "tool_result", "tool_use_id": block.id, "content": content})
    messages += [{"role": "assistant", "content": message.content}, {"role": "user", "content": results}]
    with client.messages.stream(model=model, max_tokens=1000, messages=messages, tools=[WEATHER]) as stream:
        for text in stream.text_stream:
            print(text, end="", flush=True)
    print()


def main() -> None:
    base_url = os.environ.get("PROXY_URL", "http://127.0.0.1:8088")
    client = Anthropic(base_url=base_url, api_key=os.environ.get("API_KEY", "demo"))
    model = os.environ.get("MODEL", "demo")
    greet(client, model)
    ask_for_the_weather(client, model)


if __name__ == "__main__":
    main()
