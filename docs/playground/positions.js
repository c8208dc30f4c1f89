// Where in the text of a JSON document each value stands: JSON path -> { key, start, end }, in UTF-16 units.

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/sy;
const SCALAR = /[^\s,\]}]+/y;
const IDENTIFIER = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;

// The positions of all values as far as the text is JSON.
export function positions(text) {
  const found = new Map();
  try {
    new Scanner(text, found).value("$", 0);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
  }
  return found;
}

// The position of a path, or of the nearest one around it.
export function nearest(found, path) {
  while (!found.has(path) && path !== "$") path = parent(path);
  return found.get(path);
}

function parent(path) {
  const cut = path.endsWith("]") ? path.lastIndexOf("[") : path.lastIndexOf(".");
  return cut > 0 ? path.slice(0, cut) : "$";
}

class Scanner {
  #at = 0;

  constructor(text, found) {
    this.text = text;
    this.found = found;
  }

  value(path, key) {
    this.#skip(SPACE);
    const start = this.#at;
    const place = { key: key || start, start, end: this.text.length };
    this.found.set(path, place);
    const first = this.text[start];
    if (first === "{") this.#members("}", () => this.#member(path));
    else if (first === "[") this.#members("]", (index) => this.value(`${path}[${index}]`));
    else this.#expect(first === '"' ? STRING : SCALAR);
    place.end = this.#at;
  }

  #members(closing, member) {
    this.#at++;
    for (let index = 0; this.#peek() !== closing; index++) {
      member(index);
      if (this.#peek() === ",") this.#at++;
      else if (this.#peek() !== closing) throw new SyntaxError(`at ${this.#at}`);
    }
    this.#at++;
  }

  #member(path) {
    const key = this.#at;
    const name = JSON.parse(this.#expect(STRING));
    if (this.#peek() !== ":") throw new SyntaxError(`at ${this.#at}`);
    this.#at++;
    this.value(path + (IDENTIFIER.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`), key);
  }

  #peek() {
    this.#skip(SPACE);
    return this.text[this.#at];
  }

  #expect(pattern) {
    const start = this.#at;
    if (!this.#skip(pattern)) throw new SyntaxError(`at ${start}`);
    return this.text.slice(start, this.#at);
  }

  #skip(pattern) {
    pattern.lastIndex = this.#at;
    const matches = pattern.test(this.text);
    if (matches) this.#at = pattern.lastIndex;
    return matches;
  }
}
