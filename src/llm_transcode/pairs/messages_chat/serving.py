"""How a request is served: tier, end user, storage, caching hints; nothing that the model reads.

The two vendors' tiers overlap in two words. A tier that costs money is never chosen by guessing:
``speed: "fast"`` and OpenAI's ``fast`` and ``priority`` stand for each other only under
`Options.map_fast`.
"""

from __future__ import annotations

import re
from typing import Final

from ... import chat, messages
from ...losses import LossCode, Recorder
from ...wire import JsonObject, Path
from ..conversion import Conversion, hashed

__all__ = ["serving_to_chat", "serving_to_messages", "tier_to_chat", "tier_to_messages"]

_ASKED_TIER_TO_CHAT: Final = {"auto": "auto", "standard_only": "default"}
_ASKED_TIER_TO_MESSAGES: Final = {"auto": "auto", "default": "standard_only", "priority": "auto", "fast": "auto"}

_USED_TIER_TO_CHAT: Final = {"standard": "default", "priority": "priority"}
_USED_TIER_TO_MESSAGES: Final = {"default": "standard", "auto": "standard", "priority": "priority", "fast": "priority"}

_PERSONAL: Final = re.compile(r"@|^\+?[\d\s().-]{7,}$")
"""An e-mail address or a telephone number: Anthropic wants "no identifying information" in a user id."""

_HASH_LENGTH: Final = 64


def serving_to_chat(request: messages.RequestEnvelope, body: JsonObject, cx: Conversion) -> None:
    """Tier, speed and end user."""
    tier = request.service_tier
    if tier is not None:
        if tier in _ASKED_TIER_TO_CHAT:
            body["service_tier"] = _ASKED_TIER_TO_CHAT[tier]
        else:
            cx.losses.dropped(LossCode.SERVICE_TIER, ("service_tier",), f"OpenAI has no tier {tier!r}", "info")
    if request.speed is not None and request.speed != "standard":
        if cx.options.map_fast:
            body["service_tier"] = "fast"
        else:
            cx.losses.dropped(LossCode.SERVICE_TIER, ("speed",), "speed costs money (Options.map_fast)")
    if request.metadata is not None and request.metadata.user_id:
        path: Path = ("metadata", "user_id")
        body[cx.dialect.user_field] = _fitting_user_id(request.metadata.user_id, path, cx)


def serving_to_messages(request: chat.RequestEnvelope, body: JsonObject, cx: Conversion) -> None:
    """Tier and end user."""
    tier = request.service_tier
    if tier in ("priority", "fast") and cx.options.map_fast:
        body["speed"] = "fast"
    elif tier is not None:
        if tier in _ASKED_TIER_TO_MESSAGES:
            body["service_tier"] = _ASKED_TIER_TO_MESSAGES[tier]
        if tier not in ("auto", "default"):
            cx.losses.dropped(LossCode.SERVICE_TIER, ("service_tier",), f"Anthropic has no tier {tier!r}", "info")
    for name, user in (("safety_identifier", request.safety_identifier), ("user", request.user)):
        if user:
            body["metadata"] = {"user_id": _opaque_user_id(user, (name,), cx)}
            if request.user not in (None, "", user):
                cx.losses.dropped(LossCode.USER_ID, ("user",), "safety_identifier goes before it", "info")
            return


def _opaque_user_id(user: str, path: Path, cx: Conversion) -> str:
    if _PERSONAL.search(user):
        cx.losses.approximated(LossCode.USER_ID, path, "a user id that names a person is hashed", "info")
        return hashed(user, _HASH_LENGTH)
    return _fitting_user_id(user, path, cx)


def _fitting_user_id(user: str, path: Path, cx: Conversion) -> str:
    if len(user) <= cx.dialect.user_id_limit:
        return user
    cx.losses.approximated(
        LossCode.USER_ID, path, f"a user id over {cx.dialect.user_id_limit} characters is hashed", "info"
    )
    return hashed(user, _HASH_LENGTH)


def tier_to_chat(tier: str | None, path: Path, losses: Recorder) -> str | None:
    """The tier that served a reply; ``batch`` has no counterpart."""
    if tier is not None and tier not in _USED_TIER_TO_CHAT:
        losses.dropped(LossCode.SERVICE_TIER, path, f"OpenAI has no tier {tier!r}", "info")
    return _USED_TIER_TO_CHAT.get(tier or "")


def tier_to_messages(tier: str | None, path: Path, losses: Recorder) -> str | None:
    """The tier that served a reply; ``flex`` and ``scale`` have no counterpart."""
    used = _USED_TIER_TO_MESSAGES.get(tier or "")
    if used is None and tier is not None:
        losses.dropped(LossCode.SERVICE_TIER, path, f"Anthropic has no tier {tier!r}", "info")
    elif used is not None and _USED_TIER_TO_CHAT[used] != tier:
        losses.approximated(LossCode.SERVICE_TIER, path, f"the tier {tier!r} is called {used!r}", "info")
    return used
