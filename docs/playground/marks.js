// Text with parts of it marked.

const SHORT = 160;

// What to mark for a value: all of it if that is short, else its key or how it begins.
export function extent(text, { key, start, end }) {
  if (end - key <= SHORT) return [key, end];
  if (key < start) return [key, text.indexOf('"', key + 1) + 1];
  const line = text.indexOf("\n", start);
  return [start, line < 0 ? start + SHORT : Math.min(line, start + SHORT)];
}

// Show a text; each range has { start, end, kind, loss }, and ranges may overlap.
export function show(element, text, ranges) {
  const bounds = new Set([0, text.length]);
  for (const { start, end } of ranges) bounds.add(start).add(end);
  const cuts = [...bounds].filter((at) => at <= text.length).sort((a, b) => a - b);
  const parts = cuts.slice(1).map((end, index) => part(text, cuts[index], end, ranges));
  element.replaceChildren(...parts);
}

function part(text, start, end, ranges) {
  const covering = ranges.filter((range) => range.start <= start && end <= range.end);
  const content = text.slice(start, end);
  if (!covering.length) return content;
  const mark = document.createElement("mark");
  mark.className = [...new Set(covering.map(({ kind }) => kind))].join(" ");
  mark.dataset.losses = covering.map(({ loss }) => loss ?? "").join(" ").trim();
  mark.textContent = content;
  return mark;
}

// Let the marks of one loss stand out, and bring the first of them into view.
export function emphasise(element, scroller, loss) {
  const marks = [...element.querySelectorAll("mark")];
  for (const mark of marks) mark.classList.toggle("current", belongs(mark, loss));
  const first = marks.find((mark) => belongs(mark, loss));
  if (first) scroller.scrollTop = first.offsetTop - scroller.clientHeight / 3;
}

function belongs(mark, loss) {
  return mark.dataset.losses.split(" ").includes(String(loss));
}
