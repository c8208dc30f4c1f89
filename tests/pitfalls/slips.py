"""Slips of other converters, seen when they were read and run, and the tests that hold each off here.

Numbers that begin with A come from converters in Python, those with B from the others. A slip that is a
pitfall, or several, is held off by the tests of those; the others have tests that carry their own number.
"""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["SLIPS", "UNREACHABLE_SLIPS", "Slip"]


class Slip(NamedTuple):
    """What went wrong elsewhere."""

    title: str
    covered: tuple[str, ...] = ()
    """The pitfalls and other slips whose tests hold it off, beside those of its own."""


_INTERLEAVED: Final = "Arguments of interleaved calls mixed up or lost"

SLIPS: Final[dict[str, Slip]] = {
    # -- in Python
    "A01": Slip("A call behind a text block never streamed", ("P044",)),
    "A02": Slip(_INTERLEAVED, ("P001",)),
    "A03": Slip(_INTERLEAVED, ("P001",)),
    "A04": Slip(_INTERLEAVED, ("P001",)),
    "A05": Slip("The flag against parallel calls dropped", ("P110",)),
    "A06": Slip("Optional properties of a schema made required in silence"),
    "A07": Slip("Settings of a tool merged into its schema", ("P091",)),
    "A08": Slip("Built-in tools sent as they are", ("P078",)),
    "A09": Slip("Server tools handed to the client, a pause called a limit", ("P138", "P140")),
    "A10": Slip("Documents gone without a trace", ("P061",)),
    "A11": Slip("Images in tool messages, error flag lost, text moved", ("P056", "P060", "P062")),
    "A12": Slip("Usage not asked for, foreign fields passed on", ("P074", "P087")),
    "A13": Slip("Effort without thinking dropped"),
    "A14": Slip("Strict, allowed and free-form tools lost, temperature out of range", ("P079", "P104", "P128")),
    "A15": Slip("Parameters dropped in silence, invalid budgets", ("P068", "P105", "P106", "P120")),
    "A16": Slip("Two events in one read, a character cut in two", ("P038",)),
    "A17": Slip("An event cut in two"),
    "A18": Slip("A broken stream ended as if it were whole", ("P024", "P149")),
    "A19": Slip("A failing upstream told the client nothing"),
    "A20": Slip("A name that came late made a second block", ("P008",)),
    "A21": Slip("Text after the finish reason sent to a closed block"),
    "A22": Slip("Usage lost that came before the end"),
    "A23": Slip("Candidates glued together"),
    "A24": Slip("Odd arguments, free-form and legacy calls raised", ("P116", "P129")),
    "A25": Slip("The caller's document changed, a stop sequence lost, a status replaced", ("P042", "P057", "P149")),
    "A26": Slip("Thinking in the history refused", ("P061", "P065")),
    "A27": Slip("Every stream finished with stop, calls counted with blocks", ("P044", "P052")),
    "A28": Slip("Text beside calls dropped, schemas stripped", ("P068", "P083", "P110", "P120")),
    "A29": Slip("An empty first block, documents passed on raw", ("P016", "P061", "P127")),
    "A30": Slip("The second result taken for an orphan", ("P094",)),
    "A31": Slip("One system message of several, parameters dropped", ("P068", "P086", "P101", "P119")),
    "A32": Slip("Text beside a result dropped, addresses of images too", ("A47", "P056", "P118")),
    "A33": Slip("A budget below the minimum, empty arguments raised", ("P106", "P115")),
    "A34": Slip("Errors and refusals that looked like success", ("P136", "P149", "P150")),
    "A35": Slip("Ids replaced, reasoning and usage of streams lost", ("P022", "P036", "P051", "P143")),
    "A36": Slip("Cached tokens counted twice, or not at all", ("P141", "P142")),
    "A37": Slip("Thinking shown as text", ("P050",)),
    "A38": Slip("The text of the first chunk swallowed, signatures made up", ("P029", "P034", "P137")),
    "A39": Slip("Input tokens missing, redacted thinking refused", ("P051", "P116", "P137", "P144", "P147")),
    "A40": Slip("Reasoning leaked as text, invalid stop reasons", ("P036", "P116", "P137", "P141")),
    "A41": Slip("Arguments ended at their first complete value, an empty stream without a start"),
    "A42": Slip("Foreign fields sent to OpenAI, null content refused", ("P064", "P065", "P074")),
    "A43": Slip("Calls flattened into prose, and prose read as calls", ("P058", "P059")),
    "A44": Slip("No usage in streams, messages passed on as they were", ("P053", "P093", "P136", "P142")),
    "A45": Slip("Calls as text, `[DONE]` for Messages clients", ("P001", "P030", "P109", "P117", "P139")),
    "A46": Slip("Choices of tools changed, text beside results dropped", ("P016", "P056", "P109", "P118")),
    "A47": Slip("Addresses of images made into broken data", ("P055", "P060", "P135", "P149")),
    "A48": Slip("Stop reasons of the other side passed on", ("P022", "P026", "P060", "P068", "P139")),
    # -- in other languages
    "B01": Slip("An error in mid-stream swallowed, then `[DONE]`", ("P149",)),
    "B02": Slip("A cut stream ended without a word", ("P024",)),
    "B03": Slip("Reasoning and refusals ignored", ("P036", "P137")),
    "B04": Slip("A filtered answer read differently whole and streamed", ("P026", "P137")),
    "B05": Slip("Half arguments as a string of input", ("P055", "P116")),
    "B06": Slip("More cached tokens than tokens", ("P142",)),
    "B07": Slip("Counts of the start lost, usage sent unasked", ("P053", "P054")),
    "B08": Slip("Server tools handed to the client", ("P140",)),
    "B09": Slip("The last of several thoughts won", ("P050", "P051")),
    "B10": Slip("All errors of one type", ("P147", "P150")),
    "B11": Slip("A tool without parameters got a null schema", ("P127",)),
    "B12": Slip("Error flag, documents, images and budgets dropped", ("P060", "P061", "P062", "P073")),
    "B13": Slip("Wrong names of events of the Responses API"),
    "B14": Slip("Empty items of the Responses API"),
    "B15": Slip("Ids replaced in the Responses API"),
    "B16": Slip("Images dropped and calls unpaired in the Responses API"),
    "B17": Slip("Thinking refused on its way to the Responses API"),
    "B18": Slip("Streamed thinking lost", ("P050",)),
    "B19": Slip("Only the first text kept", ("P135",)),
    "B20": Slip("An unknown stop reason failed the reply", ("P139",)),
    "B21": Slip("Text after a call sent into the block of the call", ("P018",)),
    "B22": Slip("Deltas for a block that had stopped", ("P001",)),
    "B23": Slip("Usage on a chunk with choices ignored", ("A22",)),
    "B24": Slip("Streams with CRLF lost", ("P039",)),
    "B25": Slip("An error chunk skipped", ("P149",)),
    "B26": Slip("An open call sent again in full when the stream was cut", ("P024",)),
    "B27": Slip("Empty arguments refused, a limit of 0 sent", ("P105", "P115")),
    "B28": Slip("Thinking sent to OpenAI, other fields dropped", ("P061", "P062", "P065", "P074", "P086", "P110")),
    "B29": Slip("A failed tool guessed from the word error in its output"),
    "B30": Slip("Parallel calls, effort and formats dropped in silence", ("P107", "P110", "P127")),
    "B31": Slip("Cached tokens neither subtracted nor reported", ("P141",)),
    "B32": Slip("One setting of the output replaced another"),
    "B33": Slip("Texts as a list, line ends added to reasoning", ("P050", "P135")),
    "B34": Slip("Redacted thinking lost, one call of several streamed", ("P012", "P028", "P034", "P116")),
    "B35": Slip("Allowed tools widened, free-form tools skipped", ("A14", "P079", "P101")),
    "B36": Slip("Text beside calls dropped, choices never mapped", ("A47", "P057", "P109")),
    "B37": Slip("Text or calls of a reply, not both", ("P120", "P141")),
    "B38": Slip("Calls that share an index, signatures as reasoning", ("P044", "P051")),
    "B39": Slip("One thing for each chunk, what was never open closed", ("P012", "P018", "P029")),
    "B40": Slip("Turns merged with their quotes trimmed, filler put in", ("P068", "P097", "P115", "P134")),
    "B41": Slip("A stop string sent as a string, parameters dropped", ("P107", "P110", "P116", "P119", "P127", "P128")),
    "B42": Slip("Refusals as stop, comments that end the stream", ("P032", "P136", "P139", "P149")),
    "B43": Slip("Totals that do not add up, results apart, ids replaced", ("A35", "P094", "P142")),
    "B44": Slip("A stream made of a reply was malformed"),
    "B45": Slip("Tool messages sent to Anthropic as they were", ("P068", "P093", "P109", "P116", "P120")),
    "B46": Slip("Calls and results dumped into the prompt", ("P056", "P058", "P059", "P089", "P109")),
    "B47": Slip("The first usage ended the stream", ("P001", "P050", "P054", "P136", "P149")),
    "B48": Slip("Thinking behind the text, addresses broken", ("A47", "P001", "P022", "P050", "P115", "P146")),
    "B49": Slip("Block indices used twice, annotations as made-up searches", ("P018", "P109", "P119", "P137", "P147")),
    "B50": Slip("A named tool became any tool, text before results", ("P001", "P042", "P056", "P061", "P062", "P109")),
    "B51": Slip("A cut stream ended in silence, reasons unknown", ("P024", "P109", "P136", "P138", "P139", "P150")),
}
"""Number, what went wrong, and where it is held off."""

UNREACHABLE_SLIPS: Final = dict.fromkeys(("B13", "B14", "B15", "B16", "B17"), "the Responses API is not converted yet")
"""Slips without a test, and why none is needed."""
