"""Golden cases: documents in one protocol, what they become in the other, and what that costs.

A case is a folder, ``KIND/CASE``:

* ``messages.json`` and ``chat.json``: the document in each protocol; ``.sse`` for a stream. The file of an
  error holds its HTTP ``status`` and its ``body``;
* ``losses.json``: the losses, by direction. A direction that is refused has the error and its path instead.
  Whatever directions stand here are driven;
* ``case.json``, where it is needed: the ``options`` by their names in `Options`, and for a reply the
  ``request`` that it answers, another case;
* ``note.md``, where a choice was made: what was chosen and why.

A new case needs its source and ``{"to_chat": []}`` or ``{"to_messages": []}`` as its losses;
``python -m tests.golden --update`` writes the rest, to be read before it is committed.
"""
