"""Anthropic Messages <-> OpenAI Chat Completions. One file for each concept, both directions in it."""

from .request import request_to_chat, request_to_messages
from .response import response_to_chat, response_to_messages

__all__ = ["request_to_chat", "request_to_messages", "response_to_chat", "response_to_messages"]
