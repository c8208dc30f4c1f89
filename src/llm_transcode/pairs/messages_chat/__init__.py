"""Anthropic Messages <-> OpenAI Chat Completions. One file for each concept, both directions in it.

Turns, content, replies and streams are too much for one file, and have one for each direction.
"""

from .error import error_to_chat, error_to_messages, own_error
from .models import models_to_chat, models_to_messages
from .request import request_to_chat, request_to_messages
from .response_to_chat import response_to_chat
from .response_to_messages import response_to_messages
from .to_chat_stream import ToChatStream
from .to_messages_stream import ToMessagesStream

__all__ = [
    "ToChatStream",
    "ToMessagesStream",
    "error_to_chat",
    "error_to_messages",
    "models_to_chat",
    "models_to_messages",
    "own_error",
    "request_to_chat",
    "request_to_messages",
    "response_to_chat",
    "response_to_messages",
]
