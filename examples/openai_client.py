"""The SDK of OpenAI through the proxy on port 9999: a greeting in Chinese and a tool call, both streamed.

    python examples/anyrouter2openai.py --demo
    python examples/openai_client.py

``PROXY_URL``, ``API_KEY`` and ``MODEL`` say otherwise where to ask, as whom, and what.
"""

from __future__ import annotations

import json
import os
from typing import Final

from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam

WEATHER: Final[ChatCompletionToolParam] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city, now.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def greet(client: OpenAI, model: str) -> None:
    stream = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "你好"}],
        stream=True,
    )
    for chunk in stream:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
    print()


def ask_for_the_weather(client: OpenAI, model: str) -> None:
    """One turn that calls the tool, and one that reads what it said."""
    messages: list[ChatCompletionMessageParam] = [{"role": "user", "content": "What is the weather in Paris?"}]
    with client.chat.completions.stream(model=model, messages=messages, tools=[WEATHER]) as stream:
        message = stream.get_final_completion().choices[0].message
    calls = message.tool_calls or []
    messages.append(
        {
            "role": "assistant",
            "content": message.content,
            "tool_calls": [
                {
                    "id": call.id,
                    "type": "function",
                    "function": {"name": call.function.name, "arguments": call.function.arguments},
                }
                for call in calls
            ],
        }
    )
    for call in calls:
        city = json.loads(call.function.arguments).get("city")
        print(f"{call.function.name}({city})")
        messages.append({"role": "tool", "tool_call_id": call.id, "content": f"21 °C in {city}"})
    with client.chat.completions.stream(model=model, messages=messages, tools=[WEATHER]) as stream:
        for event in stream:
            if event.type == "content.delta":
                print(event.delta, end="", flush=True)
    print()


def main() -> None:
    base_url = os.environ.get("PROXY_URL", "http://127.0.0.1:9999/v1")
    client = OpenAI(base_url=base_url, api_key=os.environ.get("API_KEY", "demo"))
    model = os.environ.get("MODEL", "demo")
    greet(client, model)
    ask_for_the_weather(client, model)


if __name__ == "__main__":
    main()
