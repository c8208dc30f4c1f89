// The page: what is asked for, and what is shown of the answer.

import { Engine, keepOffline } from "./engine.js";
import { emphasise, extent, show } from "./marks.js";
import { OptionsForm } from "./options.js";
import { nearest, positions } from "./positions.js";
import { download, fromFragment, toFragment } from "./share.js";
import { Stepper } from "./stepper.js";
import { inLanguage, preferred, say, speak } from "./words.js";

const TYPING = 200; // milliseconds of silence after which what was typed is converted
const OTHER = { messages: "chat", chat: "messages" };
const byId = (id) => document.getElementById(id);

const engine = new Engine();
let library, options, stepper, examples;
let job = { kind: "request", source: "messages", dialect: "", options: {}, text: "", status: null, request: "", cut: "event" };
let answer = null;
let latest = 0;

// -- from the page to the job, and back ------------------------------------------------------------

function readPage() {
  job = {
    kind: byId("kind").value,
    source: byId("direction").value,
    dialect: byId("dialect").value,
    options: options.value,
    text: byId("source").value,
    status: byId("status").value === "" ? null : byId("status").valueAsNumber,
    request: byId("request").value,
    cut: byId("cut").value,
  };
}

function writePage() {
  byId("kind").value = job.kind;
  byId("direction").value = job.source;
  byId("source").value = job.text;
  byId("status").value = job.status ?? "";
  byId("request").value = job.request;
  byId("cut").value = job.cut;
  options.value = job.options;
  showFields();
}

function showFields() {
  const replies = ["response", "stream"].includes(job.kind);
  byId("status-field").hidden = job.kind !== "error";
  byId("cut-field").hidden = byId("stepper").hidden = job.kind !== "stream";
  byId("request-field").hidden = !replies;
  byId("compact").parentElement.hidden = job.kind === "stream";
  byId("dialect-field").hidden = !replies && job.kind !== "request";
  showDialects(replies ? job.source : OTHER[job.source]);
  const count = Object.keys(job.options).length;
  byId("options-count").textContent = count || "";
}

// Those of the backend's protocol: it is the target of a request, and the source of its reply.
function showDialects(protocol) {
  const names = Object.keys(library.dialects).filter((name) => library.dialects[name] === protocol);
  byId("dialect").replaceChildren(new Option(say("official"), ""), ...names.map((name) => new Option(name)));
  byId("dialect").value = names.includes(job.dialect) ? job.dialect : "";
}

// What the library is asked: it knows no difference between a dialect and the other options.
function question() {
  const chosen = job.dialect && !byId("dialect-field").hidden ? { dialect: job.dialect } : {};
  return { ...job, target: OTHER[job.source], options: { ...chosen, ...job.options } };
}

// -- converting ------------------------------------------------------------------------------------

async function convert() {
  const asked = question();
  const turn = ++latest;
  const empty = !asked.text.trim() && asked.kind !== "error";
  const done = empty ? null : await engine.ask({ do: "convert", ...asked });
  if (turn !== latest) return; // something else has been asked since
  answer = done;
  document.body.dataset.turn = turn;
  if (!done || done.error && !done.steps) showRefusal(asked, done);
  else if (asked.kind === "stream") showStream(asked, done);
  else showDocument();
}

function showRefusal({ text }, refusal) {
  byId("stepper").hidden = true;
  byId("result-status").textContent = refusal?.status ? `HTTP ${refusal.status}` : "";
  byId("losses").replaceChildren();
  const message = refusal ? tellRefusal(refusal) : say("empty");
  byId("summary").textContent = message;
  byId("summary").className = refusal ? "refused" : "";
  show(byId("result"), message, []);
  const place = refusal?.path && nearest(positions(text), refusal.path);
  showSource(place && refusal.path !== "$" ? [range(text, place, "refused", 0)] : []);
}

function tellRefusal({ error, path, reason }) {
  return path ? say("refused", error, path, reason) : say("refusedBare", error, reason);
}

function showStream(asked, done) {
  byId("stepper").hidden = false;
  byId("result-status").textContent = "";
  stepper.open(asked, done);
  showLosses(done.losses, done.error ? say("streamFailed", done.error) : say("finished"));
}

function showDocument() {
  byId("result-status").textContent = answer.status ? `HTTP ${answer.status}` : "";
  showSource(rangesOf(job.text, (loss) => [loss.path]));
  showResult();
  showLosses(answer.losses, "");
}

function showResult() {
  if (byId("compact").checked) show(byId("result"), answer.compact, []);
  else show(byId("result"), answer.document, rangesOf(answer.document, (loss) => loss.targets));
}

function showSource(ranges) {
  show(byId("source-marks"), job.text, ranges);
  byId("source-marks").scrollTop = byId("source").scrollTop;
}

function rangesOf(text, pathsOf) {
  const found = positions(text);
  return answer.losses.flatMap((loss, index) => {
    const places = pathsOf(loss).map((path) => nearest(found, path)).filter((place) => place && place.start > 0);
    return places.map((place) => range(text, place, loss.level, index));
  });
}

function range(text, place, kind, loss) {
  const [start, end] = extent(text, place);
  return { start, end, kind, loss };
}

// -- losses ----------------------------------------------------------------------------------------

function showLosses(losses, before) {
  const told = losses.length === 0 ? "lossless" : losses.length === 1 ? "lostOne" : "lost";
  byId("summary").textContent = `${before} ${say(told, losses.length)}`.trim();
  byId("summary").className = answer.error ? "refused" : "";
  byId("losses").replaceChildren(...losses.map(lossItem));
}

function lossItem(loss, index) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = `loss ${loss.level}`;
  button.append(tag("b", say(loss.level)), " ", tag("span", say(loss.kind)), " ", tag("code", loss.code), " ", tag("code", loss.path));
  button.append(tag("small", loss.detail, "en"));
  button.addEventListener("click", () => point(index));
  item.append(button);
  return item;
}

function tag(name, text, lang) {
  const element = document.createElement(name);
  element.textContent = text;
  if (lang) element.lang = lang;
  return element;
}

function point(index) {
  if (job.kind === "stream") {
    stepper.to(stepper.stepOf(index));
    return;
  }
  byId("source-marks").scrollTop = byId("source").scrollTop;
  emphasise(byId("source-marks"), byId("source"), index);
  emphasise(byId("result"), byId("result"), index);
}

// -- buttons ---------------------------------------------------------------------------------------

async function share() {
  history.replaceState(null, "", await toFragment(job));
  const copied = await copyText(location.href);
  byId("summary").textContent = say(copied ? "shared" : "sharedBare");
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // the browser does not allow it here
  }
}

async function copyResult() {
  const text = job.kind === "stream" ? stepper.output() : byId("result").textContent;
  if (await copyText(text)) byId("summary").textContent = say("copied");
}

async function exportCase() {
  const { zip } = await engine.ask({ do: "export", name: "from_the_playground", ...question() });
  if (zip) download("from_the_playground.zip", zip);
}

function pick() {
  const example = examples[byId("example").value];
  if (!example) return;
  job = { ...job, status: null, ...example, cut: "event" };
  writePage();
  for (const id of ["source", "result"]) byId(id).scrollTop = 0;
  readPage();
  convert();
}

function showExamples() {
  const select = byId("example");
  const chosen = select.value;
  const groups = Map.groupBy(examples.map((example, index) => [example, index]), ([{ kind, source }]) => `${kind} ${source}`);
  const own = select.options[0];
  select.replaceChildren(own, ...[...groups].map(([key, members]) => exampleGroup(key, members)));
  select.value = chosen;
}

function exampleGroup(key, members) {
  const [kind, source] = key.split(" ");
  const group = document.createElement("optgroup");
  group.label = `${say(kind)}: ${source === "messages" ? "Messages → Chat" : "Chat → Messages"}`;
  group.append(...members.map(([example, index]) => new Option(inLanguage(example.title), index)));
  return group;
}

// -- language and theme ----------------------------------------------------------------------------

function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {} // some browsers keep nothing for some pages
}

function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function setLanguage(language) {
  byId("language").value = language;
  remember("language", language);
  speak(language);
  if (!library) return;
  showExamples();
  showFields();
  convert();
}

function setTheme(theme) {
  byId("theme").value = theme;
  remember("theme", theme);
  document.documentElement.dataset.theme = theme;
}

// -- the beginning ---------------------------------------------------------------------------------

function listen() {
  let typing = 0;
  const changed = () => {
    readPage();
    showFields();
    convert();
  };
  for (const id of ["kind", "direction", "dialect", "cut", "status"]) byId(id).addEventListener("change", changed);
  for (const id of ["source", "request"]) {
    byId(id).addEventListener("input", () => {
      byId("example").value = "";
      readPage();
      showSource([]);
      clearTimeout(typing);
      typing = setTimeout(convert, TYPING);
    });
  }
  byId("source").addEventListener("scroll", () => (byId("source-marks").scrollTop = byId("source").scrollTop));
  byId("example").addEventListener("change", pick);
  byId("compact").addEventListener("change", () => answer?.compact && showResult());
  byId("share").addEventListener("click", share);
  byId("copy").addEventListener("click", copyResult);
  byId("export").addEventListener("click", exportCase);
  byId("job").addEventListener("submit", (event) => event.preventDefault());
  return changed;
}

async function start() {
  setTheme(remembered("theme") ?? "");
  setLanguage(remembered("language") ?? preferred());
  byId("language").addEventListener("change", () => setLanguage(byId("language").value));
  byId("theme").addEventListener("change", () => setTheme(byId("theme").value));
  const manifest = await engine.start((part) => (byId("progress").value = part));
  examples = await (await fetch("runtime/examples.json")).json();
  library = await engine.ask({ do: "describe" });
  byId("version").textContent = `llm-transcode ${library.version}`;
  stepper = new Stepper(library.states);
  options = new OptionsForm(byId("options-form"), library.options, listen());
  showExamples();
  await showFirst();
  byId("loading").hidden = true;
  document.body.dataset.ready = "true";
  keepOffline(manifest);
}

async function showFirst() {
  const shared = await fromFragment(location.hash);
  if (!shared) {
    byId("example").value = "0";
    pick();
    return;
  }
  job = { ...job, ...shared };
  writePage();
  await convert();
}

start().catch((error) => {
  byId("progress").hidden = true;
  byId("progress-label").textContent = say("failed", error.message);
  byId("progress-label").removeAttribute("data-t");
  byId("progress-label").setAttribute("role", "alert");
});
