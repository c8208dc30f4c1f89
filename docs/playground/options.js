// The form of the options, made from what the library says of them.

import { say } from "./words.js";

const NONE = "null";

// Build the form; `changed` is called with those options that are not as the defaults say.
export class OptionsForm {
  #fields = new Map();

  constructor(place, options, changed) {
    for (const option of options) {
      const field = make(option);
      field.addEventListener("change", () => changed(this.value));
      this.#fields.set(option, field);
      place.append(labelled(option, field));
    }
  }

  get value() {
    const entries = [...this.#fields].map(([option, field]) => [option.name, read(option, field), option.default]);
    return Object.fromEntries(entries.filter(([, value, preset]) => !same(value, preset)));
  }

  set value(given) {
    for (const [option, field] of this.#fields) write(option, field, given[option.name] ?? option.default);
  }
}

function make({ control, choices }) {
  if (control === "choice" || control === "codes") {
    const field = document.createElement("select");
    field.multiple = control === "codes";
    field.append(...choices.map((choice) => new Option(choice ?? say("none"), choice ?? NONE)));
    return field;
  }
  const field = document.createElement("input");
  field.type = { flag: "checkbox", number: "number", json: "text" }[control];
  if (control === "json") field.placeholder = "JSON";
  return field;
}

function labelled({ name, help }, field) {
  const label = document.createElement("label");
  const code = document.createElement("code");
  const text = document.createElement("small");
  code.textContent = name;
  text.textContent = help.replaceAll("`", "");
  text.lang = "en";
  label.append(code, field, text);
  return label;
}

function read({ control, default: preset }, field) {
  if (control === "flag") return field.checked;
  if (control === "codes") return [...field.selectedOptions].map(({ value }) => value);
  if (control === "number") return field.value === "" ? preset : Number(field.value);
  if (control === "json") return readJson(field);
  return field.value === NONE ? null : field.value;
}

function readJson(field) {
  let value = null;
  field.removeAttribute("aria-invalid");
  try {
    if (field.value.trim()) value = JSON.parse(field.value);
  } catch {
    field.setAttribute("aria-invalid", "true");
  }
  return value;
}

function write({ control }, field, value) {
  if (control === "flag") field.checked = value;
  else if (control === "codes") for (const each of field.options) each.selected = value.includes(each.value);
  else if (control === "json") field.value = value === null ? "" : JSON.stringify(value);
  else field.value = value ?? (control === "choice" ? NONE : "");
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
