"""What each class of difference means, by aspect; checked against at least eight documents each, where there are so many.

Where one aspect means different things in the two directions, the direction stands before it.
"""

from __future__ import annotations

from typing import Final

__all__ = ["judgement"]

_ANYWHERE: Final = {
    "output tokens changed": "LiteLLM: an estimate where the counts stand in `x_groq.usage`, or the iterations of a compaction added. llm-rosetta: sources that give counts on several chunks.",
    "top_p missing": "GPT-5.5 refuses it; Claude Sonnet 4.6 refuses it beside a temperature. Passed on, it is an error of the API that our measure does not see.",
    "temperature missing": "GPT-5.5, and a Claude that thinks, refuse it.",
    "model missing": "As for the id.",
    "id missing": "Azure's first chunk has neither id nor model, and later ones are not waited for.",
    "output tokens added": "As for the input tokens.",
    "input tokens added": "The stream has no counts; LiteLLM's own tokenizer makes an estimate.",
    "a failure that looks like success": "Wrong: the client takes a truncated answer for a whole one.",
    "cache mark missing": "GPT-5.5 has no marks; it caches by itself. Towards Claude: `cache_control` on a part is an extension that is not read.",
    "cache writes missing": "Wrong by the rule that OpenAI has `cache_write_tokens`: 10 read, 20 written and 5 more are 35 in, 20 of them written.",
    "cached tokens changed": "Wrong, except where the source itself says two numbers.",
    "call arguments added": "A call of a server tool shown as one that the client must run: wrong.",
    "call id added": "A call of a server tool shown as one that the client must run: wrong.",
    "call name added": "A call of a server tool shown as one that the client must run: wrong.",
    "call arguments changed": "In requests: arguments that are no JSON object, such as `[1]`. In streams: two calls at once, `{'a': 1}` and `{'b': 2}`, of which the first gets `{'a': 1}{'b': 2}` and the other nothing: wrong.",
    "call arguments missing": "Wrong: calls of the legacy function form, or of free-form tools, are dropped.",
    "call id missing": "Wrong: calls of the legacy function form, or of free-form tools, are dropped.",
    "call name missing": "Wrong: calls of the legacy function form, or of free-form tools, are dropped.",
    "call id changed": "Unavoidable: an id is missing or has characters that Anthropic refuses, such as `functions.f:0`. any-llm keeps it, which counts as invalid.",
    "candidate missing": "Unavoidable: Messages has one answer.",
    "citation missing": "Only citations of web pages have a counterpart in Chat.",
    "document name missing": "Ours: within the text. Otherwise avoidable: `filename` and `title` are counterparts.",
    "document text missing": "Its text: ours sends it as text of the turn. Otherwise left out, or sent in a form that OpenAI does not know.",
    "effort changed": "Budgets and levels are different scales, and no vendor says how they map: 4096 tokens are low by our table and medium by any-llm's. Neither is wrong. Levels that the model lacks become the nearest one.",
    "effort missing": "Changes how long the model thinks: it falls back to its default. A budget, or a field of another vendor such as `reasoning`, is not read.",
    "id added": "Unavoidable: the target requires one.",
    "id changed": "A matter of taste; ours keeps ids, so that logs of both sides can be matched.",
    "input tokens changed": "OpenAI's count includes cached tokens and Anthropic's does not: 40 of 100 cached are 60 and 40, and back. llm-rosetta does not subtract one way nor add the other, and adds the counts of `message_start` and `message_delta`. LiteLLM adds the iterations of a compaction, which are billed. The rest, ours too: sources whose cached count exceeds the whole.",
    "input tokens missing": "The counts stand beside no choice, or in an extension such as `x_groq.usage`, which is not read; some are read only before the finish reason.",
    "media changed": "Wrong: a document sent as an image. Most are addresses of PDF files, for which Chat has no place.",
    "media missing": "Wrong: what the user attached is not sent.",
    "model added": "The source names none, as clouds do that have it in the address.",
    "model changed": "A matter of the caller, who can name the model.",
    "one call at a time missing": "Changes the answer: several calls may come where one was asked for.",
    "output tokens missing": "As for the input tokens.",
    "refusal added": "A text is invented, or a refusal said in another field.",
    "refusal missing": "Ours: sent as text with the stop reason of a refusal. Otherwise the reason is lost.",
    "reply text added": "Ours: the transcript of spoken answers. A refusal said as text, as there is no other place. LiteLLM: several answers put into one.",
    "reply text changed": "Pieces are joined with blanks, `1969` and `.` becoming `1969 .`, or several answers are mixed: wrong.",
    "reply text missing": "Wrong.",
    "result of call added": "The result of a server tool shown as one of the client's: wrong.",
    "result error missing": "The flag has no counterpart in Chat. Ours and any-llm write it into the text; otherwise lost.",
    "service tier missing": "Advisory. Ours keeps the tiers that both sides know.",
    "signature missing": "The next turn cannot hand the thinking back. Ours drops what the target does not read or would refuse, such as what another vendor signed.",
    "speakers added": "Media of a tool result follow in a user turn of their own, in all four, since tool messages of Chat are text. Otherwise turns that were not there.",
    "speakers missing": "A turn of system text became text of a user turn, or a turn went with the file that was all it held.",
    "stop changed": "Ours: a pause has no counterpart in Chat. Otherwise a client may wait for calls or miss them.",
    "stop sequence missing": "In requests: GPT-5.5 takes no `stop`. In replies: which one matched has no field in Chat; ours uses an extension of vLLM.",
    "strict tool missing": "Avoidable: both vendors have `strict`. Ours: a schema with optional properties, which OpenAI's strict mode refuses.",
    "thinking changed": "Pieces of one text are joined in another way.",
    "thinking tokens added": "An estimate of LiteLLM's: it counts the text, which may be a summary, where the reply has no count.",
    "thinking tokens missing": "Avoidable: both vendors have the count.",
    "tool missing": "Legacy functions and free-form tools are dropped; ours converts them.",
    "top_k missing": "OpenAI has no such parameter.",
    "user missing": "Avoidable: both vendors have a place for it.",
    "web search missing": "Avoidable where the target searches; else the model answers without it.",
}

_BY_DIRECTION: Final = {
    ("chat-to-messages", "media missing"): "Wrong: PDF files are dropped. LiteLLM: file ids alone.",
    (
        "messages-to-chat",
        "media missing",
    ): "Left out, or sent as Anthropic's own block, which OpenAI refuses: wrong. LiteLLM: only file ids, which ours refuses to convert.",
    (
        "messages-to-chat",
        "later system text missing",
    ): "Avoidable: Chat takes a system turn anywhere. Sent as labelled text of a user turn.",
    (
        "chat-to-messages",
        "assistant text added",
    ): "LiteLLM: a placeholder in place of empty text beside calls, which Anthropic does not need.",
    ("chat-to-messages", "one call at a time missing"): "Comes with the legacy functions, which are dropped.",
    (
        "messages-to-chat",
        "one call at a time missing",
    ): "Avoidable: `disable_parallel_tool_use` is `parallel_tool_calls: false`. Several calls may come where one was asked for.",
    ("messages-to-chat", "web search missing"): "Only models made for it search by `web_search_options` in Chat.",
    (
        "chat-to-messages",
        "stop changed",
    ): "Calls of the legacy function form are lost, and with them the reason; or a stream that was cut by the limit ends as if complete: wrong.",
    (
        "messages-to-chat",
        "stop changed",
    ): "A pause has no counterpart in Chat. A server tool counted as a call makes `tool_calls` of an end: wrong.",
    (
        "messages-to-chat",
        "assistant text changed",
    ): "Pieces are joined with blanks, `1969` and `.` becoming `1969 .`, or a piece of white space is dropped: wrong.",
    ("messages-to-chat", "call id changed"): "Ids that are longer than OpenAI takes; ours restores them in the reply.",
    ("messages-to-chat", "document name added"): "OpenAI requires a file name.",
    ("messages-to-chat", "output format missing"): "Wrong: the answer is no longer bound to the schema.",
    ("messages-to-chat", "result text added"): "The result of a server tool shown as one of the client's: wrong.",
    (
        "messages-to-chat",
        "result text changed",
    ): "Words for what a tool message cannot hold: images, references to tools, the error flag. All but llm-rosetta do it. Ours also: see the known fault above.",
    (
        "messages-to-chat",
        "thinking missing",
    ): "OpenAI does not read earlier thinking. The others send it in a field that OpenAI does not know.",
    (
        "messages-to-chat",
        "tool added",
    ): "Ours and LiteLLM: built-in tools of the client, as functions. Otherwise server tools such as web search, without a schema, which no one runs: wrong.",
    (
        "messages-to-chat",
        "tool description added",
    ): "Ours: what a built-in tool does, which another vendor's model has to be told.",
    ("messages-to-chat", "tool schema added"): "As for the added tool.",
    (
        "messages-to-chat",
        "tool schema changed",
    ): "LiteLLM: `defer_loading` and the like end up within the schema. llm-rosetta: keywords such as `exclusiveMinimum` get lost. Wrong. Titles, empty lists and definitions put in place do not count.",
    (
        "messages-to-chat",
        "user text added",
    ): "Labels of media that come from tool results, and of system turns; documents that are text.",
    (
        "chat-to-messages",
        "assistant text missing",
    ): "White space alone, which Anthropic refuses. Otherwise wrong: text beside calls is dropped.",
    ("chat-to-messages", "developer text added"): "Wrong: Anthropic refuses the role `developer`.",
    ("chat-to-messages", "effort added"): "Thinking is switched on without a level; ours asks for the middle.",
    ("chat-to-messages", "media added"): "Wrong: audio is sent as a document.",
    (
        "chat-to-messages",
        "output format changed",
    ): "Objects closed, as Anthropic demands; ours also keeps the name and description.",
    (
        "chat-to-messages",
        "output format missing",
    ): "A plain JSON object has no counterpart: ours asks for it by a line of text, the others drop it. Schemas, which llm-rosetta drops: wrong.",
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
    (
        "chat-to-messages",
        "system text changed",
    ): "Ours: the line that asks for a JSON object. any-llm: several system turns joined by line ends, later ones among them.",
    ("chat-to-messages", "system text missing"): "The developer's text stands in another role.",
    (
        "chat-to-messages",
        "later system text missing",
    ): "In place, as labelled text of a user turn, where the model takes no such turn; any-llm hoists it to the start.",
    (
        "chat-to-messages",
        "thinking missing",
    ): "Ours: what Anthropic has not signed, which it refuses. In replies: fields of other vendors that are not read.",
    ("chat-to-messages", "tool description added"): "As for the added tool.",
    (
        "chat-to-messages",
        "tool description missing",
    ): "Legacy functions and free-form tools are dropped; ours converts them.",
    (
        "chat-to-messages",
        "tool added",
    ): "LiteLLM: a placeholder where calls stand in the history and no tools are given, which earlier versions of the API asked for. llm-rosetta: a tool without a name.",
    ("chat-to-messages", "tool choice added"): "Structured output by a forced tool, where the API has it natively.",
    ("chat-to-messages", "tool schema added"): "As for the added tool.",
    (
        "chat-to-messages",
        "tool schema changed",
    ): "Ours: closed for `strict`, as Anthropic demands. llm-rosetta: keywords such as `exclusiveMinimum` get lost: wrong. Titles, empty lists and definitions put in place do not count.",
    (
        "chat-to-messages",
        "tool schema missing",
    ): "Legacy functions and free-form tools are dropped; ours converts them.",
    ("chat-to-messages", "user text added"): "Labelled system turns of mid-conversation; placeholders for empty text.",
}


def judgement(direction: str, name: str) -> str:
    """What a difference means; empty where too few have been read to say."""
    return _BY_DIRECTION.get((direction, name)) or _ANYWHERE.get(name, "")
