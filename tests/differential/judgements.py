"""What each class of difference means, by aspect; found by reading a few examples of the larger ones.

Where one aspect means different things in the two directions, the direction stands before it.
"""

from __future__ import annotations

from typing import Final

__all__ = ["judgement"]

_ANYWHERE: Final = {
    "a failure that looks like success": "Wrong: the client takes a truncated answer for a whole one.",
    "cache mark missing": "Costs money, not meaning. Ours keeps marks where model and dialect are known to take them.",
    "cache writes missing": "Wrong: the bill no longer adds up.",
    "cached tokens changed": "Wrong, except where the source itself says two numbers.",
    "call arguments added": "A call of a server tool shown as one that the client must run: wrong.",
    "call id added": "A call of a server tool shown as one that the client must run: wrong.",
    "call name added": "A call of a server tool shown as one that the client must run: wrong.",
    "call arguments changed": "Arguments that were cut off or are no object. Ours wraps them, reversibly.",
    "call arguments missing": "Wrong: calls of the legacy function form, or of free-form tools, are dropped.",
    "call id missing": "Wrong: calls of the legacy function form, or of free-form tools, are dropped.",
    "call name missing": "Wrong: calls of the legacy function form, or of free-form tools, are dropped.",
    "call id changed": "Unavoidable: the source has no id, or one that is too long.",
    "candidate missing": "Unavoidable: Messages has one answer.",
    "citation missing": "Only citations of web pages have a counterpart in Chat.",
    "document name missing": "Avoidable, save for images.",
    "document text missing": "A source that Chat has no place for; as text it would be kept.",
    "effort changed": "Budgets and levels are different scales; ours follows a documented table.",
    "effort missing": "The target model does not think, or so it is taken. Otherwise it changes the answer.",
    "id added": "Unavoidable: the target requires one.",
    "id changed": "A matter of taste; ours keeps ids, so that logs of both sides can be matched.",
    "input tokens changed": "Ours: servers that count cached tokens apart. Otherwise wrong: cached tokens counted twice, or not at all.",
    "input tokens missing": "Wrong: a final chunk with the counts is not waited for.",
    "media changed": "Wrong: a document is sent as an image.",
    "media missing": "Wrong: what the user attached is not sent.",
    "model added": "The source names none, as clouds do that have it in the address.",
    "model changed": "A matter of the caller, who can name the model.",
    "one call at a time missing": "Changes the answer: several calls may come where one was asked for.",
    "output tokens missing": "Wrong: a final chunk with the counts is not waited for.",
    "refusal added": "A text is invented, or a refusal said in another field.",
    "refusal missing": "Ours: sent as text with the stop reason of a refusal. Otherwise the reason is lost.",
    "reply text added": "Ours: the transcript of spoken answers. Otherwise empty or repeated text.",
    "reply text changed": "Wrong: pieces of one text are joined with blanks, or text after a call is lost.",
    "reply text missing": "Wrong.",
    "result of call added": "The result of a server tool shown as one of the client's: wrong.",
    "result error missing": "The flag has no counterpart in Chat; ours writes it into the text, which shows as a changed text.",
    "service tier missing": "Advisory. Ours keeps the tiers that both sides know.",
    "signature missing": "The next turn cannot hand the thinking back. Ours drops what the target would refuse.",
    "speakers added": "Ours: images of tool results follow in a user turn. Otherwise turns that were not there.",
    "speakers missing": "Turns without content, which the target refuses.",
    "stop changed": "Ours: a pause has no counterpart in Chat. Otherwise a client may wait for calls or miss them.",
    "stop sequence missing": "Which sequence matched has no standard field in Chat; ours uses the extension of vLLM.",
    "strict tool missing": "Avoidable: both vendors have it.",
    "thinking changed": "Pieces of one text are joined in another way.",
    "thinking tokens added": "Wrong: invented by counting the text.",
    "thinking tokens missing": "Avoidable: both vendors have the count.",
    "tool missing": "Legacy functions and free-form tools are dropped; ours converts them.",
    "top_k missing": "OpenAI has no such parameter.",
    "user missing": "Avoidable: both vendors have a place for it.",
    "web search missing": "Avoidable where the target searches; else the model answers without it.",
}

_BY_DIRECTION: Final = {
    (
        "messages-to-chat",
        "assistant text changed",
    ): "Text is joined across thinking and calls, or thinking mixed into it.",
    ("messages-to-chat", "call id changed"): "Ids that are longer than OpenAI takes; ours restores them in the reply.",
    ("messages-to-chat", "document name added"): "OpenAI requires a file name.",
    ("messages-to-chat", "output format missing"): "Wrong: the answer is no longer bound to the schema.",
    ("messages-to-chat", "result text added"): "The result of a server tool shown as one of the client's: wrong.",
    (
        "messages-to-chat",
        "result text changed",
    ): "Ours: marked as an error, or freed of media. Otherwise parts are dropped.",
    (
        "messages-to-chat",
        "thinking missing",
    ): "OpenAI does not read earlier thinking; the others send it in a field it refuses.",
    (
        "messages-to-chat",
        "tool added",
    ): "Ours: built-in tools as functions, with schemas. Otherwise a server tool that no one runs: wrong.",
    (
        "messages-to-chat",
        "tool description added",
    ): "Ours: what a built-in tool does, which another vendor's model has to be told.",
    ("messages-to-chat", "tool schema added"): "As above.",
    (
        "messages-to-chat",
        "tool schema changed",
    ): "Wrong: settings of the tool, or marks, end up within its schema, or parts get lost.",
    ("messages-to-chat", "user text added"): "Ours: labels of media that come from tool results.",
    (
        "chat-to-messages",
        "assistant text missing",
    ): "White space alone, which Anthropic refuses. Otherwise wrong: text beside calls is dropped.",
    ("chat-to-messages", "developer text added"): "Wrong: Anthropic refuses the role `developer`.",
    ("chat-to-messages", "effort added"): "Thinking is switched on without a level; ours asks for the middle.",
    ("chat-to-messages", "media added"): "Wrong: audio is sent as a document.",
    ("chat-to-messages", "output format changed"): "Ours: closed, as Anthropic demands. The schema says the same.",
    (
        "chat-to-messages",
        "output format missing",
    ): "Ours: a plain JSON object is asked for by a line of text. Otherwise by a forced tool, or not at all.",
    ("chat-to-messages", "output limit added"): "Unavoidable: Anthropic requires a limit.",
    ("chat-to-messages", "output limit changed"): "Wrong: the client's `max_completion_tokens` is not read.",
    (
        "chat-to-messages",
        "result text added",
    ): "Ours: a call without its result gets one that says so, as the API demands.",
    (
        "chat-to-messages",
        "speakers changed",
    ): "Ours: system turns in mid-conversation, as labelled text of a user turn.",
    ("chat-to-messages", "system text added"): "Ours: the line that asks for a JSON object.",
    ("chat-to-messages", "system text changed"): "Ours: the line that asks for a JSON object.",
    ("chat-to-messages", "system text missing"): "The developer's text stands in another role.",
    (
        "chat-to-messages",
        "later system text missing",
    ): "Ours: in place, as labelled text. Otherwise hoisted, or dropped.",
    ("chat-to-messages", "temperature missing"): "Ours: models that are known to refuse it, or that think.",
    (
        "chat-to-messages",
        "thinking missing",
    ): "Ours: what Anthropic has not signed, which it refuses. In replies: fields of other vendors that are not read.",
    (
        "chat-to-messages",
        "tool description added",
    ): "A tool that no one defined: for structured output, or as a placeholder.",
    (
        "chat-to-messages",
        "tool description missing",
    ): "Legacy functions and free-form tools are dropped; ours converts them.",
    ("chat-to-messages", "tool added"): "A tool that no one defined: for structured output, or as a placeholder.",
    ("chat-to-messages", "tool choice added"): "Structured output by a forced tool, where the API has it natively.",
    ("chat-to-messages", "tool schema added"): "As above.",
    (
        "chat-to-messages",
        "tool schema changed",
    ): "Ours: references and alternatives at the root. Otherwise keywords get lost.",
    (
        "chat-to-messages",
        "tool schema missing",
    ): "Legacy functions and free-form tools are dropped; ours converts them.",
    ("chat-to-messages", "user text added"): "Ours: system turns in mid-conversation, as labelled text.",
}


def judgement(direction: str, name: str) -> str:
    """What a difference means; empty where too few have been read to say."""
    return _BY_DIRECTION.get((direction, name)) or _ANYWHERE.get(name, "")
