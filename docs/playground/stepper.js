// A stream step by step: the buttons, the two state machines, and what has come and gone so far.

import { show } from "./marks.js";
import { say } from "./words.js";

const PACE = 350; // milliseconds for each step while it plays
const TITLES = { messages: "Messages", chat: "Chat" };
const byId = (id) => document.getElementById(id);

export class Stepper {
  #steps = [];
  #timer = 0;

  constructor(states) {
    this.states = states;
    this.slider = byId("step");
    this.slider.addEventListener("input", () => this.to(this.index));
    byId("first").addEventListener("click", () => this.to(0));
    byId("back").addEventListener("click", () => this.to(this.index - 1));
    byId("next").addEventListener("click", () => this.to(this.index + 1));
    byId("last").addEventListener("click", () => this.to(this.#steps.length));
    byId("play").addEventListener("click", () => (this.#timer ? this.#pause() : this.#play()));
  }

  get index() {
    return this.slider.valueAsNumber;
  }

  // Take a new stream, and stand at its end: that is what became of it.
  open(job, done) {
    this.#pause();
    this.job = job;
    this.done = done;
    this.#steps = done.steps;
    this.slider.max = this.#steps.length;
    for (const side of ["source", "target"]) this.#machine(side, job[side]);
    this.slider.value = this.#steps.length;
    this.#draw();
  }

  to(index) {
    this.slider.value = index;
    this.#draw();
    this.#follow();
  }

  // The step at which a loss was first known.
  stepOf(loss) {
    return this.#steps.findIndex((step) => step.losses > loss) + 1;
  }

  output() {
    return this.#steps.slice(0, this.index).map((step) => step.out).join("");
  }

  #play() {
    if (this.index === this.#steps.length) this.to(0);
    this.#timer = setInterval(() => {
      this.to(this.index + 1);
      if (this.index === this.#steps.length) this.#pause();
    }, PACE);
    this.#showPlaying();
  }

  #pause() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#showPlaying();
  }

  #showPlaying() {
    const button = byId("play");
    button.dataset.t = this.#timer ? "pause" : "play";
    button.textContent = say(button.dataset.t);
    button.setAttribute("aria-pressed", String(Boolean(this.#timer)));
  }

  #machine(side, protocol) {
    byId(`machine-${side}-title`).textContent = TITLES[protocol];
    const states = Object.entries(this.states[protocol]).map(([name, help]) => {
      const item = document.createElement("li");
      item.dataset.state = name;
      item.title = help;
      item.textContent = name;
      return item;
    });
    byId(`machine-${side}`).replaceChildren(...states);
  }

  #draw() {
    const step = this.#steps[this.index - 1];
    const before = this.#steps[this.index - 2];
    byId("step-count").textContent = say("stepOf", this.index, this.#steps.length);
    byId("first").disabled = byId("back").disabled = !step;
    byId("last").disabled = byId("next").disabled = this.index === this.#steps.length;
    for (const side of ["source", "target"]) this.#stand(side, step);
    byId("step-note").textContent = this.#note(step);
    this.#texts(step, before);
  }

  #stand(side, step) {
    const items = [...byId(`machine-${side}`).children];
    const current = step?.[side] ?? items[0].dataset.state;
    const seen = new Set(this.#steps.slice(0, this.index).map((each) => each[side]));
    for (const item of items) {
      item.classList.toggle("seen", seen.has(item.dataset.state));
      if (item.dataset.state === current) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    }
  }

  #note(step) {
    if (!step) return "";
    const notes = step.odd.map((text) => say("odd", text));
    if (this.index === this.#steps.length) notes.push(say("theEnd"));
    else if (step.expected.length) notes.push(say("expected", step.expected.join(", ")));
    return notes.join(" · ");
  }

  #texts(step, before) {
    const from = before?.at ?? 0;
    const fed = step ? [{ start: 0, end: from, kind: "fed" }, { start: from, end: step.at, kind: "fed new" }] : [];
    show(byId("source-marks"), this.job.text, fed.filter(({ start, end }) => start < end));
    const out = this.output();
    const fresh = { start: out.length - (step?.out.length ?? 0), end: out.length, kind: "new" };
    show(byId("result"), out, fresh.start < fresh.end ? [fresh] : []);
    byId("result").scrollTop = byId("result").scrollHeight;
  }

  // Bring the piece that came last into view.
  #follow() {
    const mark = byId("source-marks").querySelector(".new");
    byId("source").scrollTop = mark ? mark.offsetTop - byId("source").clientHeight / 2 : 0;
    byId("source-marks").scrollTop = byId("source").scrollTop;
  }
}
