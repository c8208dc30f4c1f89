// The page's side of the worker: questions and their answers, in order.

const MANIFEST = "runtime/manifest.json";

export class Engine {
  #worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  #waiting = new Map();
  #count = 0;

  // Load everything; `progress` is called with what part of it has come, from 0 to 1.
  async start(progress) {
    const response = await fetch(new URL(MANIFEST, import.meta.url));
    if (!response.ok) throw new Error(`${MANIFEST}: ${response.status}`);
    const manifest = await response.json();
    await new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }) => {
        if (data.progress) progress(data.progress);
        else if (data.ready) resolve();
        else reject(new Error(data.failed));
      };
      this.#worker.onerror = (event) => reject(new Error(event.message));
      this.#worker.postMessage({ manifest });
    });
    this.#worker.onmessage = ({ data }) => this.#settle(data);
    return manifest;
  }

  ask(question) {
    const id = ++this.#count;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#worker.postMessage({ id, question: JSON.stringify(question) });
    });
  }

  #settle({ id, answer }) {
    this.#waiting.get(id)(JSON.parse(answer));
    this.#waiting.delete(id);
  }
}

// Keep the files, so that the page works without a network from the next time on.
export function keepOffline(manifest) {
  if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
  navigator.serviceWorker.register(`sw.js?${manifest.version}`).catch(() => {}); // a page that is not kept works, too
}
